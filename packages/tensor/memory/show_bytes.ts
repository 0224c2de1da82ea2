/**
 * Formatting of memory sizes.
 * @module
 */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

/**
 * Formats a number of bytes in a suitable unit.
 *
 * @param bytes Any size.
 * @example
 * ```ts
 * import { showBytes } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showBytes(3.1 * 2 ** 30), "3.1 GiB");
 * ```
 *
 * @category Memory
 */
export function showBytes(bytes: number): string {
  let unit = 0, value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
}
