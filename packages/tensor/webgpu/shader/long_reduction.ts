/**
 * Reductions over more terms than a shader can count in 32 bits: leading reduce axes become map axes, and a second
 * kernel combines the partial results.
 * @module
 */
import type { LoopKernel } from "../../ir/kernel.ts";
import { combinePartials, partialBuffer, type Partials, printLoopKernel } from "./loop.ts";
import type { Passes } from "./shader.ts";
import { contiguous, volume } from "./unravel.ts";

/** Terms per point, and points, of one kernel: steps beyond the last must not overflow either. */
export const MOST_TERMS: number = 2 ** 31;

/**
 * Generates the shaders of a loop kernel of any number of terms.
 *
 * @param kernel Kernel with at least one point.
 * @param subgroup Subgroup size for shuffles; 1 if not supported.
 * @param most Maximum number of terms per point, and of points, of a shader.
 * @throws {RangeError} If the kernel cannot be divided into shaders of that size.
 */
export function printLongLoop(kernel: LoopKernel, subgroup: number, most: number = MOST_TERMS): Passes {
  if (volume(kernel.map) >= most) fail(kernel, most);
  if (volume(kernel.reduce) < most) return printLoopKernel(kernel, subgroup);
  const { map, reduce, accumulators, buffers } = kernel;
  let axes = 1;
  while (volume(reduce.slice(axes)) >= most) axes++;
  const parts = reduce.slice(0, axes), splits = volume(parts), points = volume(map);
  const isUniform = accumulators.every(({ dtype }) => dtype === accumulators[0]!.dtype);
  if (axes === reduce.length || points * splits * accumulators.length >= most || !isUniform) {
    fail(kernel, most);
  }
  const partials: Partials = { ...kernel, splits };
  const { buffer, bytes } = partialBuffer(partials);
  // The axes of a part come after those of the map, so that no expression changes
  const first: LoopKernel = {
    ...kernel,
    buffers: [...buffers, buffer],
    map: [...map, ...parts],
    reduce: reduce.slice(axes),
    stores: accumulators.map(({ dtype }, index) => ({
      buffer: buffers.length,
      address: {
        offset: index * splits * points,
        strides: [...contiguous(map), ...contiguous(parts).map((stride) => stride * points)],
      },
      value: { op: "accumulator", dtype, index },
    })),
  };
  const { passes, scratch } = printLoopKernel(first, subgroup);
  return { passes: [...passes, combinePartials(partials, kernel.stores)], scratch: [bytes, ...scratch] };
}

function fail({ name, map, reduce }: LoopKernel, most: number): never {
  throw new RangeError(
    `${name} over ${volume(reduce)} terms for each of ${
      volume(map)
    } results exceeds what a GPU kernel can count: ` +
      `reduce one axis after another, so that each reduction has fewer than ${most} terms and results`,
  );
}
