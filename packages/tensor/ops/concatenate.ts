/**
 * Joining tensors: a sum of padded parts, which fuses into what reads it.
 * @module
 */
import { normaliseAxis, showShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add } from "./arithmetic.ts";
import { or } from "./logic.ts";
import { pad } from "./movement.ts";

/**
 * Joins tensors along an axis.
 *
 * @param tensors At least one; all of one type, equal sizes along the other axes.
 * @param axis The axis; negative counts from the end.
 * @throws {RangeError} If there is none, or sizes along another axis differ.
 */
export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (!first) throw new RangeError("concatenate needs at least one tensor");
  const along = normaliseAxis(axis, first.rank);
  for (const x of tensors) {
    const fits = x.rank === first.rank && x.shape.every((size, i) => i === along || size === first.shape[i]);
    if (!fits) {
      throw new RangeError(
        `cannot join ${showShape(x.shape)} to ${showShape(first.shape)} along axis ${along}`,
      );
    }
  }
  const total = tensors.reduce((sum, x) => sum + x.shape[along]!, 0);
  let start = 0;
  const parts = tensors.map((x) => {
    const low = x.shape.map((_, i) => (i === along ? start : 0));
    start += x.shape[along]!;
    const high = x.shape.map((_, i) => (i === along ? total - start : 0));
    return pad(x, low, high);
  });
  return parts.reduce((joined, part) => (first.dtype === "bool" ? or(joined, part) : add(joined, part)));
}
