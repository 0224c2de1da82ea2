/**
 * Sizes that no device can count: devices index axes in 32 bits.
 * @module
 */
import type { Kernel, LoopKernel } from "./kernel.ts";

/** Elements of an axis must be fewer than this. */
export const MOST_ELEMENTS: number = 2 ** 31;

/**
 * Checks that all axes of a kernel can be counted.
 *
 * @param kernel Any kernel.
 * @throws {RangeError} If an axis has 2³¹ elements or more; the message names the operations of the kernel.
 */
export function checkAxes(kernel: Kernel): void {
  switch (kernel.kind) {
    case "loop":
      return checkLoop(kernel);
    case "concatenate":
      return kernel.parts.forEach(checkLoop);
    case "gemm":
    case "patchGemm":
      return checkSizes(kernel.name, [...kernel.batch, kernel.m, kernel.n, kernel.k]);
  }
}

function checkLoop({ name, map, reduce }: LoopKernel): void {
  checkSizes(name, [...map, ...reduce]);
}

function checkSizes(name: string, sizes: readonly number[]): void {
  const long = sizes.find((size) => size >= MOST_ELEMENTS);
  if (long === undefined) return;
  throw new RangeError(
    `${name} along an axis of ${long} elements: devices count fewer than 2³¹ (${MOST_ELEMENTS}) along an axis; ` +
      "reshape it to two axes, or process it in slices",
  );
}
