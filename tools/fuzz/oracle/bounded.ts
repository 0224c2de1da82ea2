/**
 * Values with the error that a correct device may have at each element.
 * @module
 */
import type { KernelDevice } from "@gasp/tensor";
import type { MeasuredDevice } from "../../accuracy/bounds.ts";

/**
 * Doubles, and for each the largest difference that a device may show: 0 where every device must return this number,
 * infinite where anything is allowed.
 */
export interface Bounded {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** What a device leaves open. */
export interface Arithmetic {
  /** Whether NaN and infinities follow IEEE 754. WGSL lets a shader assume that there are none. */
  readonly keepsNonFinite: boolean;
  /** The device. */
  readonly device: MeasuredDevice;
  /** Whether searches compare distances in double precision. */
  readonly searchesInDouble: boolean;
}

/** Arithmetic of each device. */
export const ARITHMETIC: Readonly<Record<KernelDevice["info"]["kind"], Arithmetic>> = {
  wasm: { device: "wasm", keepsNonFinite: true, searchesInDouble: true },
  webgpu: { device: "webgpu", keepsNonFinite: false, searchesInDouble: false },
};

/** Largest f32. */
export const LARGEST = 3.4028234663852886e38;

/** Smallest normal f32: devices may take anything below for 0. */
export const SMALLEST = 2 ** -126;

/** Largest relative error of a rounded f32 operation. */
export const EPSILON = 2 ** -24;

/**
 * Returns values that are known exactly.
 *
 * @param value Numbers of a type.
 * @param arithmetic Arithmetic of the device.
 */
export function exactly(value: Float64Array, arithmetic: Arithmetic): Bounded {
  const error = value.map((x) => {
    if (!Number.isFinite(x)) return arithmetic.keepsNonFinite ? 0 : Infinity;
    return x !== 0 && Math.abs(x) < SMALLEST ? Math.abs(x) : 0;
  });
  return { value, error };
}

/**
 * Returns values of which nothing is known.
 *
 * @param value Numbers.
 */
export function anything(value: Float64Array): Bounded {
  return { value, error: new Float64Array(value.length).fill(Infinity) };
}

/**
 * Widens bounds where numbers may leave the range of f32: infinite above it, 0 or the number itself below. A result
 * within its error of the smallest normal number may be flushed too: `exp` is 0 for the f32 number below ln 2^-126.
 *
 * @param bounded Values and errors of f32, changed in place; an error that is NaN becomes infinite.
 */
export function withinRange({ value, error }: Bounded): void {
  for (let i = 0; i < value.length; i++) {
    const x = Math.abs(value[i]!), e = error[i]!;
    if (!(e < Infinity)) error[i] = Infinity;
    else if (x === Infinity || Number.isNaN(x)) {
      if (e > 0) error[i] = Infinity;
    } else if (x + e > LARGEST) error[i] = Infinity;
    else if (x > 0 && x - e < SMALLEST) error[i] = e + SMALLEST;
  }
}

/** Whether some element has an error. */
export function isUncertain({ error }: Bounded): boolean {
  return error.some((e) => e !== 0);
}
