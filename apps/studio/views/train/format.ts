/**
 * Numbers of a training for people.
 *
 * @module
 */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/**
 * Formats a number of bytes: `12 MB`.
 *
 * @param bytes Number of bytes.
 */
export function showSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power, maximumFractionDigits = value < 10 && power > 0 ? 1 : 0;
  return value.toLocaleString("en", { style: "unit", unit: UNITS[power]!, maximumFractionDigits });
}

/**
 * Formats a duration: `3 min 20 s`.
 *
 * @param seconds Seconds.
 */
export function showDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes < 10 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Formats a rate: `12.3`.
 *
 * @param rate Steps per second.
 */
export function showRate(rate: number): string {
  return rate.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/**
 * Formats a count: `1,200`.
 *
 * @param count Whole number.
 */
export function showCount(count: number): string {
  return count.toLocaleString("en");
}
