/**
 * Axis ticks, and conversion of features to the units of the data.
 * @module
 */
import type { ValueScale } from "@gasp/datasets";

/** A tick. */
export interface Tick {
  /** Value. */
  readonly value: number;
  /** Label, with as many decimals as its neighbours. */
  readonly label: string;
}

/**
 * Returns multiples of 1, 2 or 5 times a power of ten within a range.
 *
 * @param low One end.
 * @param high The other end.
 * @param most Maximum number of ticks, at least 2.
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
 * Converts a feature to the units of the data.
 *
 * @param feature Feature from -1 to 1.
 * @param scale Values of -1 and 1; without a scale the feature is returned unchanged.
 */
export function inUnits(feature: number, scale: ValueScale | undefined): number {
  return scale === undefined ? feature : scale.low + (feature + 1) / 2 * (scale.high - scale.low);
}

/**
 * Describes a quantity and its units: `2 metre temperature (K)`.
 *
 * @param scale Scale of the feature.
 */
export function describeScale(scale: ValueScale | undefined): string {
  const units = scale?.units, quantity = scale?.quantity;
  return quantity && units ? `${quantity} (${units})` : quantity ?? units ?? "";
}
