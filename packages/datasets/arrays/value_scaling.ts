/**
 * Scaling of array elements to [-1, 1], inferred from their type and range.
 *
 * @module
 */
import type { ArrayMetadata, NumberArray } from "./array_file.ts";
import type { ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";

/**
 * How values are scaled.
 *
 * @category Data
 */
export interface ScalingOptions extends ArrayMetadata {
  /** Values that map to -1 and 1; default: inferred. */
  readonly range?: { readonly low: number; readonly high: number };
}

/** Linear map from elements to features. */
export interface Scaling {
  /** Element that maps to -1. */
  readonly low: number;
  /** Element that maps to 1. */
  readonly high: number;
  /** Whether values are brightness, which needs no units. */
  readonly isBrightness: boolean;
}

/**
 * Infers which elements map to -1 and 1.
 *
 * @param array Elements.
 * @param options What is known about them.
 * @param name Array name for messages.
 * @param assumptions Assumptions are appended here.
 * @throws {DataError} If an element is not finite, or all are equal.
 * @throws {RangeError} If the range is empty.
 */
export function scalingOf(
  { data, dtype }: NumberArray,
  options: ScalingOptions,
  name: string,
  assumptions: string[],
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
        `the low end of a range must be below its high end, got ${options.range.low} and ${options.range.high}`,
      );
    }
    return { low: a!, high: b!, isBrightness: false };
  }
  if (dtype === "b1") return { low: 0, high: 1, isBrightness: true };
  const isScaled = factor !== 1 || offset !== 0 || options.units !== undefined;
  if (!isScaled && data instanceof Uint8Array) {
    assumptions.push("bytes are brightness from 0 to 255");
    return { low: 0, high: 255, isBrightness: true };
  }
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isScaled && isFloat && low >= 0 && high <= 1) {
    assumptions.push("values within [0, 1] are brightness");
    return { low: 0, high: 1, isBrightness: true };
  }
  if (!isScaled && isFloat && low >= -1 && high <= 1) {
    assumptions.push("values within [-1, 1] are used unchanged");
    return { low: -1, high: 1, isBrightness: true };
  }
  if (low === high) throw new DataError(`${name}: all values are ${low}: there is nothing to learn.`);
  assumptions.push(
    `the smallest value, ${offset + factor * low}, maps to -1, the largest, ${offset + factor * high}, to 1`,
  );
  return { low, high, isBrightness: false };
}

/**
 * Converts a scaling to the data's own units.
 *
 * @param scaling Scaling of elements.
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
