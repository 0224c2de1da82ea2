/**
 * Concatenation and splitting.
 * @module
 */
import { normaliseAxis, showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkWhole, requireTensor } from "./check.ts";
import { expandDims, slice } from "./movement.ts";

/**
 * Concatenates tensors along an axis. Each part is computed directly into the result.
 *
 * @param tensors At least one; all of one type, with equal sizes along the other axes.
 * @param axis Axis; negative values count from the end. Default: 0.
 * @throws {RangeError} If there are no tensors, or sizes along another axis differ.
 * @throws {TypeError} If types differ.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { concatenate, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const joined = await evaluate(concatenate([tensor([1, 2]), tensor([3])]), reference);
 * assert((await joined.data()).join() === "1,2,3");
 * ```
 *
 * @category Shapes and movement
 */
export function concatenate(tensors: readonly Tensor[], axis: number = 0): Tensor {
  return join("concatenate", tensors, axis);
}

function join(name: string, tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (!first) throw new RangeError(`${name} needs at least one tensor`);
  for (const x of tensors) requireTensor(name, x);
  const along = normaliseAxis(axis, first.rank);
  for (const x of tensors) {
    if (x.dtype !== first.dtype) {
      throw new TypeError(`${name} needs tensors of one type, got ${first.dtype} and ${x.dtype}: use cast()`);
    }
    const fits = x.rank === first.rank && x.shape.every((size, i) => i === along || size === first.shape[i]);
    if (!fits) {
      throw new RangeError(
        `${name} cannot join ${showShape(x.shape)} to ${
          showShape(first.shape)
        } along axis ${along}: the other ` +
          "axes must be equal",
      );
    }
  }
  if (tensors.length === 1) return first;
  const total = tensors.reduce((sum, x) => sum + x.shape[along]!, 0);
  return makeNode("concatenate", { axis: along }, [...tensors], first.shape.with(along, total), first.dtype);
}

/**
 * Stacks tensors of one shape along a new axis.
 *
 * @param tensors At least one; all of one type and shape.
 * @param axis Position of the new axis in the result; negative values count from its end. Default: 0.
 * @throws {RangeError} If there are no tensors, or shapes differ.
 * @throws {TypeError} If types differ.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, stack, tensor } from "@gasp/tensor";
 *
 * const pairs = await evaluate(stack([tensor([1, 2]), tensor([3, 4])], 1), reference);
 * assert((await pairs.data()).join() === "1,3,2,4");
 * ```
 *
 * @category Shapes and movement
 */
export function stack(tensors: readonly Tensor[], axis: number = 0): Tensor {
  const first = tensors[0];
  if (!first) throw new RangeError("stack needs at least one tensor");
  for (const x of tensors) requireTensor("stack", x);
  const along = normaliseAxis(axis, first.rank + 1);
  const different = tensors.find(({ shape }) => showShape(shape) !== showShape(first.shape));
  if (different) {
    throw new RangeError(
      `stack needs tensors of one shape, got ${showShape(first.shape)} and ${showShape(different.shape)}`,
    );
  }
  return join("stack", tensors.map((x) => expandDims(x, along)), along);
}

/**
 * Splits a tensor along an axis.
 *
 * @param x Any tensor.
 * @param parts Number of equal parts, or the size of each part.
 * @param axis Axis; negative values count from the end. Default: 0.
 * @returns The parts in order.
 * @throws {RangeError} If the parts do not add up to the axis.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { arange, evaluate, reference, split } from "@gasp/tensor";
 *
 * const [head, tail] = split(arange(5), [2, 3]);
 * assert((await (await evaluate(tail!, reference)).data()).join() === "2,3,4" && head!.size === 2);
 * ```
 *
 * @category Shapes and movement
 */
export function split(x: Tensor, parts: number | readonly number[], axis: number = 0): Tensor[] {
  requireTensor("split", x);
  const along = normaliseAxis(axis, x.rank), size = x.shape[along]!;
  if (typeof parts === "number") checkWhole("split", "the number of parts", parts, 1);
  else parts.forEach((part) => checkWhole("split", "the size of a part", part, 0));
  const sizes = typeof parts === "number" ? new Array<number>(parts).fill(size / parts) : parts;
  if (sizes.some((part) => part % 1 !== 0) || sizes.reduce((sum, part) => sum + part, 0) !== size) {
    const wanted = typeof parts === "number" ? `${parts} equal parts` : `parts of ${showShape(parts)}`;
    throw new RangeError(
      `split: cannot split axis ${along} of ${showShape(x.shape)} into ${wanted}`,
    );
  }
  let start = 0;
  return sizes.map((part) => {
    const from = x.shape.map((_, i) => (i === along ? start : 0));
    start += part;
    return slice(x, from, x.shape.with(along, start));
  });
}
