/**
 * Round numbers along an axis, and features in the data's own units.
 * @module
 */
import type { ValueScale } from "@gasp/datasets";

/** A round number. */
export interface Tick {
  /** The number. */
  readonly value: number;
  /** As text, with as many decimals as its neighbours. */
  readonly label: string;
}

/**
 * Multiples of 1, 2 or 5 times a power of ten within a range.
 *
 * @param low One end.
 * @param high The other.
 * @param most How many at most, at least 2.
 */
export function ticksBetween(low: number, high: number, most: number): Tick[] {
  const from = Math.min(low, high), to = Math.max(low, high);
  if (!(to > from) || !Number.isFinite(to - from)) return [{ value: from, label: String(from) }];
  const power = 10 ** Math.floor(Math.log10((to - from) / most));
  const step =
    [1, 2, 5, 10, 20].map((times) => times * power).find((size) => countBetween(from, to, size) <= most) ??
      to - from;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: countBetween(from, to, step) }, (_, i) => {
    const value = (Math.ceil(from / step - 1e-9) + i) * step;
    return { value, label: (value === 0 ? 0 : value).toFixed(Math.min(20, decimals)) };
  });
}

function countBetween(from: number, to: number, step: number): number {
  return Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1;
}

/**
 * A feature in the data's own units.
 *
 * @param feature From -1 to 1.
 * @param scale What these stand for; without it the feature itself is given.
 */
export function inUnits(feature: number, scale: ValueScale | undefined): number {
  return scale === undefined ? feature : scale.low + (feature + 1) / 2 * (scale.high - scale.low);
}

/**
 * What is measured, with its units: `2 metre temperature (K)`.
 *
 * @param scale Of the feature.
 */
export function describeScale(scale: ValueScale | undefined): string {
  const units = scale?.units, quantity = scale?.quantity;
  return quantity && units ? `${quantity} (${units})` : quantity ?? units ?? "";
}
