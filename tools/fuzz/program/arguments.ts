/**
 * The arguments of a program: leaves with their elements in each run and for each example of a batch.
 * @module
 */
import { type Shape, type Tensor, tensor } from "@gasp/tensor";
import { leafValues } from "./leaf_values.ts";
import type { Leaf, Program, RunOptions, Step } from "./program.ts";

/**
 * Returns the leaves that the compiled function receives, with their steps. One that shares its tensor with another is
 * given as that other.
 *
 * @param program The program.
 */
export function argumentsOf(program: Program): (readonly [step: number, leaf: Leaf])[] {
  const { steps } = program;
  return steps.flatMap((step, i) =>
    step.kind === "leaf" && step.role === "argument"
      ? [[i, steps[sharedWith(program, i) ?? i] as Leaf] as const]
      : []
  );
}

/**
 * Returns whether two leaves can receive the same tensor.
 *
 * @param a A step.
 * @param b Another one.
 */
export function canShare(a: Step, b: Step): boolean {
  return a.kind === "leaf" && b.kind === "leaf" && a !== b && a.role === b.role && a.dtype === b.dtype &&
    a.shape.join() === b.shape.join() && a.data.kind === b.data.kind &&
    !["index", "values"].includes(a.data.kind);
}

/**
 * Returns the step whose tensor a leaf receives; undefined if it has its own.
 *
 * @param program The program.
 * @param step Step of the leaf.
 */
export function sharedWith({ steps, run }: Program, step: number): number | undefined {
  const [first] = run.shared.find(([, second]) => second === step) ?? [];
  if (first === undefined || !canShare(steps[first]!, steps[step]!)) return undefined;
  return mappedSize(run, first) === mappedSize(run, step) ? first : undefined;
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
