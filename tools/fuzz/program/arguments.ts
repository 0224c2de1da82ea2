/**
 * The arguments of a program: leaves with their elements in each run and for each example of a batch.
 * @module
 */
import { type Shape, type Tensor, tensor } from "@gasp/tensor";
import { leafValues } from "./leaf_values.ts";
import type { Leaf, Program, RunOptions } from "./program.ts";

/**
 * Returns the leaves that the compiled function receives, with their steps.
 *
 * @param program The program.
 */
export function argumentsOf({ steps }: Program): (readonly [step: number, leaf: Leaf])[] {
  return steps.flatMap((step, i) =>
    step.kind === "leaf" && step.role === "argument" ? [[i, step] as const] : []
  );
}

/**
 * Creates a tensor of a leaf's type.
 *
 * @param leaf The leaf.
 * @param values Its elements.
 * @param shape Shape; default: that of the leaf.
 */
export function hostTensor(leaf: Leaf, values: Float64Array, shape: Shape = leaf.shape): Tensor {
  const type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint32Array }[leaf.dtype];
  return tensor(type.from(values), shape, leaf.dtype);
}

/**
 * Returns the elements of an argument.
 *
 * @param leaf The leaf.
 * @param run Number of the run.
 * @param example Example of the batch; 0 if the leaf is not mapped.
 * @param size Size of the batch; 1 if the leaf is not mapped.
 */
export function elementsOf(leaf: Leaf, run: number, example = 0, size = 1): Float64Array {
  return leafValues(leaf, run * size + example);
}

/**
 * Creates an argument on the host, `[size, ...shape]` if it is mapped.
 *
 * @param leaf The leaf.
 * @param run Number of the run.
 * @param size Size of the batch if the leaf is mapped.
 */
export function argumentTensor(leaf: Leaf, run: number, size?: number): Tensor {
  if (size === undefined) return hostTensor(leaf, elementsOf(leaf, run));
  const parts = Array.from({ length: size }, (_, example) => elementsOf(leaf, run, example, size));
  return hostTensor(leaf, joined(parts), [size, ...leaf.shape]);
}

/**
 * Returns the size of the batch if a leaf is mapped.
 *
 * @param run How the program runs.
 * @param step Step of the leaf.
 */
export function mappedSize({ batch }: RunOptions, step: number): number | undefined {
  return batch?.mapped.includes(step) ? batch.size : undefined;
}

/**
 * Concatenates arrays.
 *
 * @param parts Arrays.
 */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
