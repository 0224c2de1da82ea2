/**
 * The accuracy that each element-wise f32 operation promises on every device. One record per operation; a missing one
 * does not compile. `measure.ts` holds the devices to it, the fuzzer derives the errors it allows from it.
 * @module
 */
import type { ElementwiseName } from "@gasp/tensor/compiler";

/** What an error is measured in. */
export type Unit =
  /** Spacing of the f32 numbers at the exact result. */
  | "result"
  /** 2^-23, the spacing at 1: for functions bounded by 1 that cross zero. */
  | "one"
  /** Spacing at the larger of the result and half the second argument. */
  | "divisor";

/** Devices that the promises are for. */
export const MEASURED_DEVICES = ["wasm", "webgpu"] as const;

/** A device that the promises are for. */
export type MeasuredDevice = (typeof MEASURED_DEVICES)[number];

/** A promise. */
export interface Accuracy {
  /** Largest error, in units. */
  readonly ulp: number;
  /** That on `webgpu`, where quotients and roots may be off by 2.5 ulp. Default: the same. */
  readonly webgpu?: number;
  /** The unit. Default: `result`. */
  readonly unit?: Unit;
  /** Least and largest first argument for which it holds. Default: all. */
  readonly within?: readonly [number, number];
}

/** Rounded correctly, or without any error. */
const EXACT: Accuracy = { ulp: 0.5 };

/** Largest number whose product with the parts of π/2 is exact. */
const REDUCED = 10_000;

/** The promises. */
export const ACCURACY: Readonly<Record<ElementwiseName, Accuracy>> = {
  add: EXACT,
  sub: EXACT,
  mul: EXACT,
  div: { ulp: 0.5, webgpu: 2.5 },
  remainder: { ulp: 1, unit: "divisor" },
  pow: { ulp: 12 },
  atan2: { ulp: 4 },
  maximum: EXACT,
  minimum: EXACT,
  neg: EXACT,
  abs: EXACT,
  sign: EXACT,
  floor: EXACT,
  ceil: EXACT,
  trunc: EXACT,
  round: EXACT,
  /** WGSL derives it from 1 / inverseSqrt(x). */
  sqrt: { ulp: 0.5, webgpu: 2.5 },
  exp: { ulp: 1.1, webgpu: 1.5 },
  expm1: { ulp: 2 },
  log: { ulp: 1 },
  log1p: { ulp: 1, webgpu: 3 },
  sin: { ulp: 1, webgpu: 1.5, unit: "one", within: [-REDUCED, REDUCED] },
  cos: { ulp: 1, webgpu: 1.5, unit: "one", within: [-REDUCED, REDUCED] },
  tan: { ulp: 4, webgpu: 5, within: [-1000, 1000] },
  sin2pi: { ulp: 1.6, unit: "one" },
  cos2pi: { ulp: 1.6, unit: "one" },
  asin: { ulp: 3 },
  acos: { ulp: 3 },
  atan: { ulp: 3 },
  sinh: { ulp: 4 },
  cosh: { ulp: 4 },
  tanh: { ulp: 2 },
  erf: { ulp: 2 },
  sigmoid: { ulp: 2.5, webgpu: 3 },
  softplus: { ulp: 4 },
  less: EXACT,
  lessEqual: EXACT,
  equal: EXACT,
  isNaN: EXACT,
  isFinite: EXACT,
  orderKey: EXACT,
  and: EXACT,
  or: EXACT,
  not: EXACT,
  where: EXACT,
  cast: EXACT,
};

/**
 * Returns the largest error that is promised on a device.
 *
 * @param accuracy A promise.
 * @param device The device.
 */
export function boundOn({ ulp, webgpu = ulp }: Accuracy, device: MeasuredDevice): number {
  return device === "webgpu" ? webgpu : ulp;
}

const bits = new Uint32Array(1), float = new Float32Array(bits.buffer);

/**
 * Returns the spacing of f32 numbers near a value; below the normal numbers, that of the smallest normal number.
 *
 * @param value Any finite number.
 */
export function ulpAt(value: number): number {
  float[0] = Math.min(Math.max(Math.abs(value), 2 ** -126), 3.4028234663852886e38);
  return 2 ** ((bits[0]! >>> 23) - 127 - 23);
}

/**
 * Returns the unit of an operation's error.
 *
 * @param accuracy Its promise.
 * @param value Its exact result.
 * @param args Its arguments.
 */
export function unitAt({ unit = "result" }: Accuracy, value: number, args: readonly number[]): number {
  if (unit === "one") return 2 ** -23;
  return ulpAt(unit === "divisor" ? Math.max(Math.abs(value), Math.abs(args[1] ?? 0) / 2) : value);
}
