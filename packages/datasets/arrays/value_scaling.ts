/**
 * Which values of an array become -1 and 1, told by their type and range.
 *
 * @module
 */
import type { ArrayNotes, NumberArray } from "./array_file.ts";
import type { ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";

/** What is known of the values. */
export interface ScalingOptions extends ArrayNotes {
  /** Values that become -1 and 1. */
  readonly range?: { readonly low: number; readonly high: number };
}

/** How values become features, and what to tell of it. */
export interface Scaling {
  /** Element that becomes -1. */
  readonly low: number;
  /** Element that becomes 1. */
  readonly high: number;
  /** Whether the values are what people would call brightness, which needs no units. */
  readonly isBrightness: boolean;
}

/**
 * Decides which elements become -1 and 1.
 *
 * @param array The elements.
 * @param options What is known of them.
 * @param name Name of the array for messages.
 * @param assumed What was assumed is added here.
 * @throws {DataError} If an element is not finite, or all are the same.
 * @throws {RangeError} If the range is empty.
 */
export function scalingOf(
  { data, dtype }: NumberArray,
  options: ScalingOptions,
  name: string,
  assumed: string[],
): Scaling {
  const { scale: factor = 1, offset = 0 } = options;
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) {
      throw new DataError(`${name}: element ${i} is ${value}, not a finite number.`);
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (options.range !== undefined) {
    const [a, b] = [options.range.low, options.range.high].map((value) => (value - offset) / factor);
    if (!(options.range.low < options.range.high)) {
      throw new RangeError(
        `a range goes from low to high, got ${options.range.low} to ${options.range.high}`,
      );
    }
    return { low: a!, high: b!, isBrightness: false };
  }
  if (dtype === "b1") return { low: 0, high: 1, isBrightness: true };
  const isScaled = factor !== 1 || offset !== 0 || options.units !== undefined;
  if (!isScaled && data instanceof Uint8Array) {
    assumed.push("bytes are brightness from 0 to 255");
    return { low: 0, high: 255, isBrightness: true };
  }
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isScaled && isFloat && low >= 0 && high <= 1) {
    assumed.push("values within [0, 1] are brightness");
    return { low: 0, high: 1, isBrightness: true };
  }
  if (!isScaled && isFloat && low >= -1 && high <= 1) {
    assumed.push("values within [-1, 1] are taken as they are");
    return { low: -1, high: 1, isBrightness: true };
  }
  if (low === high) throw new DataError(`${name}: all values are ${low}: there is nothing to learn.`);
  assumed.push(
    `the smallest value, ${offset + factor * low}, becomes -1, the largest, ${offset + factor * high}, 1`,
  );
  return { low, high, isBrightness: false };
}

/**
 * The scaling in the data's own units.
 *
 * @param scaling Which elements become -1 and 1.
 * @param options Scale, offset, units and quantity.
 */
export function unitsOf(scaling: Scaling, options: ScalingOptions): ValueScale {
  const { scale: factor = 1, offset = 0, units, quantity } = options;
  return {
    low: offset + factor * scaling.low,
    high: offset + factor * scaling.high,
    ...(units !== undefined && { units }),
    ...(quantity !== undefined && { quantity }),
  };
}
