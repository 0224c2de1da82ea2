/**
 * Sizes for people.
 * @module
 */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/**
 * A number of bytes in a fitting unit: `3.1 GiB`.
 *
 * @param bytes Any size.
 */
export function showBytes(bytes: number): string {
  let unit = 0, value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
}
