/**
 * Durations for people.
 * @module
 */

/**
 * Formats a duration with two units at most: `45s`, `3m05s`, `2h10m`, `22 d 5 h`.
 *
 * @param seconds Duration in seconds.
 */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  const hours = Math.floor(whole / 3600);
  if (hours < 24) return `${hours}h${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(hours / 24).toLocaleString("en")} d ${hours % 24} h`;
}
