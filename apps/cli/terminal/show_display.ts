/**
 * Numbers for display.
 * @module
 */

/** Rounds a number for display. @param value Number. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
