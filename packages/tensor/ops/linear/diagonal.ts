/**
 * Diagonals and triangles of matrices, the last two axes of a tensor.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, sub } from "../elementwise/arithmetic.ts";
import { checkWhole, requireTensor, requireType } from "../shape/check.ts";
import { zerosLike } from "../shape/constant.ts";
import { arange } from "../elementwise/creation.ts";
import { lessEqual, where } from "../elementwise/logic.ts";
import { expandDims, reshape, slice } from "../shape/movement.ts";
import { sum } from "../reduction/reduction.ts";

function matrixSizes(name: string, x: Tensor, offset: number): [number, number] {
  requireTensor(name, x);
  if (x.rank < 2) {
    throw new RangeError(`${name} needs matrices [..., rows, columns], got ${showShape(x.shape)}`);
  }
  checkWhole(name, "the offset", offset, -(2 ** 30), 2 ** 30);
  return x.shape.slice(-2) as [number, number];
}

/**
 * Returns a diagonal: `out[..., i] = x[..., i, i + offset]`, or `x[..., i - offset, i]` for a negative offset.
 *
 * @param x `[..., rows, columns]`.
 * @param offset Diagonal; positive values are above the main diagonal. Default: 0.
 * @returns `[..., length]`; empty if the diagonal is outside the matrix.
 * @throws {RangeError} If x has fewer than two axes, or the offset is not an integer.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { diagonal, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const main = await evaluate(diagonal(tensor([[1, 2], [3, 4]])), reference);
 * assert((await main.data()).join() === "1,4");
 * ```
 *
 * @category Linear algebra
 */
export function diagonal(x: Tensor, offset: number = 0): Tensor {
  const [rows, columns] = matrixSizes("diagonal", x, offset), lead = x.shape.slice(0, -2);
  const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min(rows - row, columns - column));
  if (length === 0) return reshape(slice(x, x.shape.map(() => 0), [...lead, 0, 0]), [...lead, 0]);
  // In row-major order the elements of a diagonal are one row and one column apart
  const flat = reshape(x, [...lead, rows * columns]), first = row * columns + column;
  const zeros = lead.map(() => 0), ones = lead.map(() => 1);
  const last = first + (length - 1) * (columns + 1);
  return slice(flat, [...zeros, first], [...lead, last + 1], [...ones, columns + 1]);
}

/**
 * Sums the elements of a diagonal.
 *
 * @param x `[..., rows, columns]`, f32, i32 or u32.
 * @param offset Diagonal, as for {@link diagonal}. Default: 0.
 * @returns Tensor of the shape of x without the last two axes.
 * @throws {RangeError} If x has fewer than two axes, or the offset is not an integer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tensor, trace } from "@gasp/tensor";
 *
 * const y = await evaluate(trace(tensor([[1, 2], [3, 4]])), reference);
 * assertEquals([...await y.data()], [5]);
 * ```
 *
 * @category Linear algebra
 */
export function trace(x: Tensor, offset: number = 0): Tensor {
  requireType("trace", x, ["f32", "i32", "u32"]);
  return sum(diagonal(x, offset), { axes: -1 });
}

/**
 * Lower triangle: zeros the elements above a diagonal.
 *
 * @param x `[..., rows, columns]`.
 * @param offset Topmost diagonal retained, as for {@link diagonal}. Default: 0.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If x has fewer than two axes, or the offset is not an integer.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, tensor, tril } from "@gasp/tensor";
 *
 * const lower = await evaluate(tril(tensor([[1, 2], [3, 4]])), reference);
 * assert((await lower.data()).join() === "1,0,3,4");
 * ```
 *
 * @category Linear algebra
 */
export function tril(x: Tensor, offset: number = 0): Tensor {
  const [rows, columns] = matrixSizes("tril", x, offset);
  return choose(x, lessEqual(sub(arange(columns), offset), expandDims(arange(rows), 1)));
}

/**
 * Upper triangle: zeros the elements below a diagonal.
 *
 * @param x `[..., rows, columns]`.
 * @param offset Lowest diagonal retained, as for {@link diagonal}. Default: 0.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If x has fewer than two axes, or the offset is not an integer.
 *
 * @example Without the main diagonal
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tensor, triu } from "@gasp/tensor";
 *
 * const y = await evaluate(triu(tensor([[1, 2], [3, 4]]), 1), reference);
 * assertEquals([...await y.data()], [0, 2, 0, 0]);
 * ```
 *
 * @category Linear algebra
 */
export function triu(x: Tensor, offset: number = 0): Tensor {
  const [rows, columns] = matrixSizes("triu", x, offset);
  return choose(x, lessEqual(add(expandDims(arange(rows), 1), offset), arange(columns)));
}

function choose(x: Tensor, inside: Tensor): Tensor {
  return where(inside, x, zerosLike(x));
}
