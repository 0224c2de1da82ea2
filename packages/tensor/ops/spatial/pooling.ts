/**
 * Sliding windows, pooling and upsampling over any number of spatial axes, `[batch, channels, ...space]`.
 * @module
 */
import { normaliseAxis, type Shape, showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import { type Padding, paddingOf, type PerAxis, perAxis } from "./convolution.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { ones } from "../shape/constant.ts";
import { greater, where } from "../elementwise/logic.ts";
import { concatenate, stack } from "../shape/concatenate.ts";
import { broadcastTo, pad, reshape, slice } from "../shape/movement.ts";
import { max, mean } from "../reduction/reduction.ts";

/**
 * Options of {@link unfold}.
 *
 * @category Convolution and pooling
 */
export interface UnfoldOptions {
  /** Axis; negative values count from the end. */
  readonly axis: number;
  /** Elements per window. */
  readonly size: number;
  /** Distance in elements of consecutive windows. Default: 1. */
  readonly step?: number;
  /** Distance in elements of neighbours within a window. Default: 1. */
  readonly dilation?: number;
}

/**
 * Sliding windows along an axis, as PyTorch's `unfold`: `out[…, i, …, j] = x[…, i · step + j · dilation, …]`. A view:
 * reductions and element-wise operations read it without a copy.
 *
 * @param x Any tensor.
 * @param options Axis, size, step, dilation.
 * @returns Tensor with the number of windows along the axis, and their elements along a new last axis.
 * @throws {RangeError} If no window fits, or an option is not a positive integer.
 *
 * @example Sums of neighbours
 * ```ts
 * import { arange, cast, sum, unfold } from "@gasp/tensor";
 *
 * const sums = sum(unfold(cast(arange(5), "f32"), { axis: 0, size: 3 }), { axes: -1 }); // 3 6 9
 * ```
 *
 * @category Convolution and pooling
 */
export function unfold(x: Tensor, options: UnfoldOptions): Tensor {
  requireTensor("unfold", x);
  const { size, step = 1, dilation = 1 } = options, axis = normaliseAxis(options.axis, x.rank);
  const reach = dilation * (size - 1) + 1, room = x.shape[axis]! - reach;
  if (![size, step, dilation].every((n) => Number.isInteger(n) && n >= 1) || room < 0) {
    throw new RangeError(
      `unfold needs a window of ${reach} elements within axis ${axis} of ${
        showShape(x.shape)
      }, and integers ` +
        `from 1; got size ${size}, step ${step}, dilation ${dilation}`,
    );
  }
  const shape = [...x.shape.with(axis, Math.floor(room / step) + 1), size];
  return makeNode("window", { axis, start: 0, step, dilation }, [x], shape, x.dtype);
}

/**
 * Options of {@link maxPool} and {@link avgPool}.
 *
 * @category Convolution and pooling
 */
export interface PoolOptions {
  /** Elements per window along each spatial axis. */
  readonly size: PerAxis;
  /** Distance in elements of consecutive windows. Default: the size. */
  readonly stride?: PerAxis;
  /** Padding: never the maximum of a window; zeros that are included in its mean. Default: none. */
  readonly padding?: Padding;
}

/**
 * Max pooling; the gradient is divided equally among ties.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param options Size, stride, padding.
 * @returns `[batch, channels, ...space]`, `⌊(size + padding - window) / stride⌋ + 1` along each axis.
 * @throws {RangeError} If shapes or options are invalid.
 *
 * @example Half as large
 * ```ts
 * import { maxPool, ones } from "@gasp/tensor";
 *
 * const { shape } = maxPool(ones([8, 16, 28, 28]), { size: 2 }); // [8, 16, 14, 14]
 * ```
 *
 * @category Convolution and pooling
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  const { windows, axes } = poolWindows("maxPool", x, options, (padded, pads) => {
    const inside = pad(ones(x.shape), ...pads);
    return inside.shape.every((size, i) => size === x.shape[i])
      ? padded
      : where(greater(inside, 0.5), padded, -Infinity);
  });
  return max(windows, { axes });
}

/**
 * Average pooling; zeros of the padding are included, as in PyTorch.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param options Size, stride, padding.
 * @returns `[batch, channels, ...space]`, `⌊(size + padding - window) / stride⌋ + 1` along each axis.
 * @throws {RangeError} If shapes or options are invalid.
 *
 * @example Half as large
 * ```ts
 * import { avgPool, ones } from "@gasp/tensor";
 *
 * const { shape } = avgPool(ones([8, 16, 28, 28]), { size: 2 }); // [8, 16, 14, 14]
 * ```
 *
 * @category Convolution and pooling
 */
export function avgPool(x: Tensor, options: PoolOptions): Tensor {
  const { windows, axes } = poolWindows("avgPool", x, options, (padded) => padded);
  return mean(windows, { axes });
}

/** Returns the windows of a padded input, with their elements along the last axes. */
function poolWindows(
  name: string,
  x: Tensor,
  { size, stride = size, padding = 0 }: PoolOptions,
  fill: (padded: Tensor, pads: readonly [number[], number[]]) => Tensor,
): { readonly windows: Tensor; readonly axes: readonly number[] } {
  requireType(name, x, ["f32"]);
  const rank = x.rank - 2, space = x.shape.slice(2);
  if (rank < 1) {
    throw new RangeError(`${name} needs [batch, channels, ...space], got ${showShape(x.shape)}`);
  }
  const sizes = perAxis("size", size, rank, 1), strides = perAxis("stride", stride, rank, 1);
  const around = paddingOf(padding, space, sizes, strides);
  const pads = [[0, 0, ...around.map(([low]) => low)], [0, 0, ...around.map(([, high]) => high)]] as const;
  const filled = fill(pad(x, ...pads), [[...pads[0]], [...pads[1]]]);
  const windows = sizes.reduce(
    (windows, size, i) => unfold(windows, { axis: 2 + i, size, step: strides[i]! }),
    filled,
  );
  return { windows, axes: sizes.map((_, i) => 2 + rank + i) };
}

/**
 * Nearest-neighbour upsampling by integer factors.
 *
 * @param x Any type, `[batch, channels, ...space]`.
 * @param factor Scale factor, one value for all spatial axes or one per axis.
 * @returns `[batch, channels, ...space]`.
 * @throws {RangeError} If a factor is not an integer from 1.
 *
 * @example Twice as large
 * ```ts
 * import { ones, upsampleNearest } from "@gasp/tensor";
 *
 * const { shape } = upsampleNearest(ones([8, 16, 7, 7]), 2); // [8, 16, 14, 14]
 * ```
 *
 * @category Convolution and pooling
 */
export function upsampleNearest(x: Tensor, factor: PerAxis): Tensor {
  const factors = factorsOf("upsampleNearest", x, factor);
  const apart = reshape(x, [...x.shape.slice(0, 2), ...x.shape.slice(2).flatMap((size) => [size, 1])]);
  const repeated = broadcastTo(apart, [
    ...x.shape.slice(0, 2),
    ...x.shape.slice(2).flatMap((size, i) => [size, factors[i]!]),
  ]);
  return reshape(repeated, scaled(x.shape, factors));
}

/**
 * Linear upsampling by integer factors, between the centres of elements (PyTorch's `bilinear` with `align_corners`
 * false); constant beyond the outermost centres.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param factor Scale factor, one value for all spatial axes or one per axis.
 * @returns `[batch, channels, ...space]`.
 * @throws {RangeError} If a factor is not an integer from 1.
 *
 * @example Twice as large
 * ```ts
 * import { ones, upsampleLinear } from "@gasp/tensor";
 *
 * const { shape } = upsampleLinear(ones([8, 16, 7, 7]), 2); // [8, 16, 14, 14]
 * ```
 *
 * @category Convolution and pooling
 */
export function upsampleLinear(x: Tensor, factor: PerAxis): Tensor {
  requireType("upsampleLinear", x, ["f32"]);
  return factorsOf("upsampleLinear", x, factor).reduce((y, by, i) => stretch(y, 2 + i, by), x);
}

/**
 * Linear upsampling along an axis: output `i · factor + r` is at `i + (2 r + 1 - factor) / (2 factor)` in the input, so
 * it is a weighted mean of element i and one neighbour, with weights that depend on r only.
 */
function stretch(x: Tensor, axis: number, factor: number): Tensor {
  const size = x.shape[axis]!;
  if (factor === 1 || x.size === 0) return x;
  const part = (from: number, to: number) =>
    slice(x, x.shape.map((_, i) => (i === axis ? from : 0)), x.shape.with(axis, to));
  const before = concatenate([part(0, 1), part(0, size - 1)], axis);
  const after = concatenate([part(1, size), part(size - 1, size)], axis);
  const phases = Array.from({ length: factor }, (_, r) => {
    const shift = (2 * r + 1 - factor) / (2 * factor), weight = Math.abs(shift);
    return add(mul(x, 1 - weight), mul(shift < 0 ? before : after, weight));
  });
  return reshape(stack(phases, axis + 1), x.shape.with(axis, size * factor));
}

function factorsOf(name: string, x: Tensor, factor: PerAxis): number[] {
  requireTensor(name, x);
  if (x.rank < 3) {
    throw new RangeError(`${name} needs [batch, channels, ...space], got ${showShape(x.shape)}`);
  }
  return perAxis("factor", factor, x.rank - 2, 1);
}

function scaled(shape: Shape, factors: readonly number[]): number[] {
  return shape.map((size, i) => size * (factors[i - 2] ?? 1));
}
