/**
 * Scatters: writes by index, the counterpart of {@link take}. They use the inverse of the index, so that results do not
 * depend on thread order.
 * @module
 */
import { normaliseAxis, showShape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, clamp, sub } from "../elementwise/arithmetic.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import type { IndexTable } from "./index_table.ts";
import { gather, segmentSum } from "./indexing.ts";
import { less, where } from "../elementwise/logic.ts";
import { reshape, slice, transpose } from "../shape/movement.ts";
import { invertRows } from "./invert.ts";
import { rowNumbers } from "./take.ts";

/**
 * `x` and `updates` with the axis moved to the front, the index table, and the permutation that moves the axis back.
 */
interface Prepared {
  readonly rows: Tensor;
  /** `[index.size, ...]`. */
  readonly updates: Tensor;
  readonly table: IndexTable;
  readonly back: readonly number[];
}

function prepare(name: string, x: Tensor, index: Tensor, updates: Tensor, axis: number): Prepared {
  for (const argument of [x, updates]) requireTensor(name, argument);
  const along = normaliseAxis(axis, x.rank), count = x.shape[along]!;
  const numbers = rowNumbers(name, index, count);
  if (updates.dtype !== x.dtype) {
    throw new TypeError(`${name} of ${x.dtype} needs updates of that type, got ${updates.dtype}: use cast()`);
  }
  const before = x.shape.slice(0, along), after = x.shape.slice(along + 1);
  const wanted = [...before, ...index.shape, ...after];
  if (showShape(updates.shape) !== showShape(wanted)) {
    throw new RangeError(
      `${name} along axis ${along} of ${showShape(x.shape)} by an index of ${
        showShape(index.shape)
      } needs updates of ` +
        `${showShape(wanted)}, got ${showShape(updates.shape)}`,
    );
  }
  const others = x.shape.flatMap((_, i) => (i === along ? [] : [i]));
  const flat = reshape(updates, [...before, index.size, ...after]);
  const order = [along, ...others], back = order.map((_, i) => order.indexOf(i));
  return {
    rows: transpose(x, order),
    updates: transpose(flat, order),
    table: invertRows(reshape(numbers, [index.size]), count),
    back,
  };
}

/**
 * Adds rows by index: `out[..., r, ...] = x[..., r, ...] + Σ_{i : index[i] = r} updates[..., i, ...]`.
 *
 * @param x f32.
 * @param index i32 or u32, any shape; values as for {@link take}.
 * @param updates f32, the shape of x with the axis replaced by the axes of the index.
 * @param axis Axis; negative values count from the end. Default: 0.
 * @returns Tensor of the shape of x.
 * @throws {TypeError} If the types do not match.
 * @throws {RangeError} If the shapes do not match, or an index or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, scatterAdd, tensor, zeros } from "@gasp/tensor";
 *
 * const index = tensor(Int32Array.of(2, 0, 2));
 * const sums = await evaluate(scatterAdd(zeros([3]), index, tensor([1, 2, 3])), reference);
 * assert((await sums.data()).join() === "2,0,4");
 * ```
 *
 * @category Indexing and order
 */
export function scatterAdd(x: Tensor, index: Tensor, updates: Tensor, axis: number = 0): Tensor {
  requireType("scatterAdd", x, ["f32"]);
  const prepared = prepare("scatterAdd", x, index, updates, axis);
  if (index.size === 0) return x;
  const { rows, table, back } = prepared;
  return transpose(add(rows, segmentSum(prepared.updates, table)), back);
}

/**
 * Replaces rows by index: `out[..., index[i], ...] = updates[..., i, ...]`. If an index is duplicated, the last update
 * in row-major order wins, and the gradient flows to that one.
 *
 * @param x Any tensor.
 * @param index i32 or u32, any shape; values as for {@link take}.
 * @param updates Of the type of x, the shape of x with the axis replaced by the axes of the index.
 * @param axis Axis; negative values count from the end. Default: 0.
 * @returns Tensor of the shape of x.
 * @throws {TypeError} If the types do not match.
 * @throws {RangeError} If the shapes do not match, or an index or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, scatter, tensor, zeros } from "@gasp/tensor";
 *
 * const index = tensor(Int32Array.of(2, 0, 2));
 * const replaced = await evaluate(scatter(zeros([3]), index, tensor([1, 2, 3])), reference);
 * assert((await replaced.data()).join() === "2,0,3");
 * ```
 *
 * @category Indexing and order
 */
export function scatter(x: Tensor, index: Tensor, updates: Tensor, axis: number = 0): Tensor {
  requireTensor("scatter", x);
  const prepared = prepare("scatter", x, index, updates, axis);
  if (index.size === 0 || x.size === 0) return x;
  const { rows, table, back } = prepared, count = rows.shape[0]!;
  const first = slice(table.indptr, [0], [count]), end = slice(table.indptr, [1]);
  const last = gather(table.positions, invertRows(clamp(sub(end, 1), 0, index.size - 1), index.size));
  const taken = gather(prepared.updates, invertRows(last, index.size));
  const replaced = reshape(less(first, end), [count, ...rows.shape.slice(1).map(() => 1)]);
  return transpose(where(replaced, taken, rows), back);
}
