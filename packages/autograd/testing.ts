/**
 * Test helpers of this package: values from the reference interpreter, and comparison within a tolerance.
 * @module
 */
import { evaluate, reference, type Tensor } from "@gasp/tensor";

/**
 * Evaluates a tensor in double precision.
 *
 * @param x Any tensor that can be evaluated.
 */
export async function numbers(x: Tensor): Promise<number[]> {
  return [...await (await evaluate(x, reference)).data()];
}

/**
 * Asserts that two lists agree within a tolerance relative to the larger of 1 and the expected value.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param tolerance Maximum error. Default: 1e-12.
 */
export function assertNear(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  if (actual.length !== expected.length) {
    throw new Error(`got ${actual.length} numbers, expected ${expected.length}`);
  }
  actual.forEach((value, i) => {
    const wanted = expected[i]!;
    const error = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    if (!(error <= tolerance)) throw new Error(`number ${i} is ${value}, expected ${wanted}`);
  });
}
