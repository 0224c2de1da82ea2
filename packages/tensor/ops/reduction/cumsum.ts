/**
 * Cumulative sums.
 * @module
 */
import { normaliseAxis, type Shape, sizeOf } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { add } from "../elementwise/arithmetic.ts";
import { requireType } from "../shape/check.ts";
import { expandDims, pad, reshape, slice } from "../shape/movement.ts";

/**
 * Options of {@link cumsum}.
 *
 * @category Reductions
 */
export interface CumsumOptions {
  /** Axis; negative values count from the end. Default: 0. */
  readonly axis?: number;
  /** Sum from the end. Default: false. */
  readonly reverse?: boolean;
  /** Exclude each element from its own sum. Default: false. */
  readonly exclusive?: boolean;
}

/** An axis this long is split into chunks, for parallelism, if there are few rows. */
const LONG = 1024;
const FEW_ROWS = 256;
/** Maximum length of a chunk. */
const MAX_CHUNK = 2048;

/**
 * Cumulative sum along an axis: `out[i] = Σ_{j <= i} x[j]`. The summation order depends on the shape only.
 *
 * @param x f32, i32 or u32.
 * @param options Axis, direction, inclusive or exclusive.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the axis is out of range.
 * @throws {TypeError} If x is bool: use `cast(x, "i32")` to count.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { cumsum, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const sums = await evaluate(cumsum(tensor([1, 2, 3])), reference);
 * assert((await sums.data()).join() === "1,3,6");
 * ```
 *
 * @category Reductions
 */
export function cumsum(x: Tensor, options: CumsumOptions = {}): Tensor {
  requireType("cumsum", x, ["f32", "i32", "u32"]);
  const { axis = 0, reverse = false, exclusive = false } = options;
  const along = normaliseAxis(axis, x.rank),
    rows = [x.shape.slice(0, along), x.shape.slice(along + 1)] as const;
  const sums = runningSums(x, along, reverse, rows);
  return exclusive ? shifted(sums, along, reverse) : sums;
}

function runningSums(
  x: Tensor,
  axis: number,
  reverse: boolean,
  [before, after]: readonly [Shape, Shape],
): Tensor {
  const length = x.shape[axis]!, rows = sizeOf(before) * sizeOf(after);
  if (length < LONG || rows > FEW_ROWS) return makeNode("cumsum", { axis, reverse }, [x], x.shape, x.dtype);
  // Sums within chunks, then the sums of all chunks before each
  const chunk = Math.min(MAX_CHUNK, 4 * Math.ceil(Math.sqrt(length) / 4)),
    chunks = Math.ceil(length / chunk);
  const zeros = x.shape.map(() => 0), missing = chunks * chunk - length;
  const padded = reshape(pad(x, zeros, zeros.with(axis, missing)), [...before, chunks, chunk, ...after]);
  const inner = makeNode("cumsum", { axis: axis + 1, reverse }, [padded], padded.shape, x.dtype);
  const place = reverse ? 0 : chunk - 1;
  const from = inner.shape.map((_, i) => (i === axis + 1 ? place : 0));
  const totals = reshape(slice(inner, from, inner.shape.with(axis + 1, place + 1)), [
    ...before,
    chunks,
    ...after,
  ]);
  const offsets = shifted(runningSums(totals, axis, reverse, [before, after]), axis, reverse);
  const whole = reshape(add(inner, expandDims(offsets, axis + 1)), [...before, chunks * chunk, ...after]);
  return slice(whole, zeros, x.shape);
}

/** Shifts sums by one element; the first is 0. */
function shifted(sums: Tensor, axis: number, reverse: boolean): Tensor {
  const size = sums.shape[axis]!;
  if (size === 0) return sums;
  const zeros = sums.shape.map(() => 0), one = zeros.with(axis, 1);
  const kept = reverse ? slice(sums, one) : slice(sums, zeros, sums.shape.with(axis, size - 1));
  return reverse ? pad(kept, zeros, one) : pad(kept, one, zeros);
}
