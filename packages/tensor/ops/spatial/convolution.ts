/**
 * Convolutions of any rank. Channels precede space, as in PyTorch: images are `[batch, channels, height, width]`,
 * weights `[outputs, channels / groups, height, width]`. As usual in deep learning the kernel is not flipped.
 *
 * All are one primitive with strides, dilations and zeros between inputs; its two partial derivatives are that
 * primitive again, so derivatives of any order run on the same kernels. Patches are read in place and never
 * materialised.
 * @module
 */
import { checkShape, type Shape, showShape } from "../../graph/shape.ts";
import type { ConvGeometry } from "../../graph/primitives.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { requireType } from "../shape/check.ts";
import { reshape, transpose } from "../shape/movement.ts";

/**
 * One value for all spatial axes, or one per axis.
 *
 * @category Convolution and pooling
 */
export type PerAxis = number | readonly number[];

/**
 * Zero padding: one value for both ends of all spatial axes, or one per axis; or a pair (before, after) per axis;
 * `"same"` for `⌈size / stride⌉` outputs, with an odd zero after; `"valid"` for none.
 *
 * @category Convolution and pooling
 */
export type Padding = PerAxis | readonly (readonly [before: number, after: number])[] | "same" | "valid";

/**
 * Options of {@link conv}.
 *
 * @category Convolution and pooling
 */
export interface ConvOptions {
  /** Distance in elements of consecutive outputs. Default: 1. */
  readonly stride?: PerAxis;
  /** Zero padding of the input. Default: none. */
  readonly padding?: Padding;
  /** Distance in elements of neighbouring taps of the kernel. Default: 1. */
  readonly dilation?: PerAxis;
  /** Number of groups of channels and outputs that are convolved independently. Default: 1. */
  readonly groups?: number;
}

/**
 * Options of {@link convTranspose}.
 *
 * @category Convolution and pooling
 */
export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Outputs cropped at both ends of each axis. Default: none. */
  readonly padding?: PerAxis;
  /** Outputs added at the end of each axis, less than the stride or the dilation. Default: 0. */
  readonly outputPadding?: PerAxis;
}

/**
 * Convolution `y[n, o, p] = Σ_{c, k} x[n, c, stride · p + dilation · k - padding] · w[o, c, k]`, over any number of
 * spatial axes. A bias is added separately, as `[outputs, 1, 1]`.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param w f32, `[outputs, channels / groups, ...kernel]`, with as many axes as x.
 * @param options Stride, padding, dilation, groups.
 * @returns `[batch, outputs, ...space]`, `⌊(size + padding - dilation · (kernel - 1) - 1) / stride⌋ + 1` along each
 *   axis.
 * @throws {TypeError} If an argument is not f32.
 * @throws {RangeError} If shapes or options are invalid, or the kernel is larger than the padded input.
 *
 * @example Edges of a picture
 * ```ts
 * import { conv, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const picture = tensor([[[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]]]);
 * const edges = conv(picture, tensor([[[[-1, 1]]]]));
 * const { shape } = edges; // [1, 1, 3, 3]
 * await (await evaluate(edges, reference)).data(); // 0 1 0 in every row
 * ```
 *
 * @category Convolution and pooling
 */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { groups = 1 } = options;
  const rank = checkOperands("conv", x, w, groups);
  const [outputs, channels] = w.shape as [number, number];
  if (x.shape[1] !== channels * groups || outputs % groups !== 0) {
    throw new RangeError(
      `conv with ${groups} groups needs [batch, ${channels * groups}, ...] for weights ${
        showShape(w.shape)
      } ` +
        `and outputs that the groups divide, got ${showShape(x.shape)}`,
    );
  }
  const strides = perAxis("stride", options.stride ?? 1, rank, 1);
  const dilations = perAxis("dilation", options.dilation ?? 1, rank, 1);
  const reach = dilations.map((dilation, i) => dilation * (w.shape[2 + i]! - 1) + 1);
  const pads = paddingOf(options.padding ?? 0, x.shape.slice(2), reach, strides);
  const space = x.shape.slice(2).map((size, i) => {
    const [before, after] = pads[i]!, room = size + before + after - reach[i]!;
    if (room < 0 || reach[i]! < 1) {
      throw new RangeError(
        `conv's kernel reaches over ${reach[i]} elements of axis ${2 + i}, which has ${
          size + before + after
        } with ` +
          `its padding: use more padding or a smaller kernel (${showShape(x.shape)}, ${showShape(w.shape)})`,
      );
    }
    return Math.floor(room / strides[i]!) + 1;
  });
  const geometry = {
    strides,
    dilations,
    spacings: strides.map(() => 1),
    offsets: pads.map(([before]) => -before),
  };
  const weights = reshape(w, [groups, outputs / groups, ...w.shape.slice(1)]);
  return joinGroups(convGeneral(splitGroups(x, groups), weights, geometry, space));
}

/**
 * Transposed convolution, the adjoint of {@link conv} with the same options:
 * `y[n, o, q] = Σ x[n, c, p] · w[c, o, k]` over all c, p, k with `q = stride · p + dilation · k - padding`. The
 * inserted zeros of its usual description cost no work.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param w f32, `[channels, outputs / groups, ...kernel]`, with as many axes as x.
 * @param options Stride, padding, dilation, groups, output padding.
 * @returns `[batch, outputs, ...space]`,
 *   `(size - 1) · stride - 2 · padding + dilation · (kernel - 1) + outputPadding + 1` along each axis.
 * @throws {TypeError} If an argument is not f32.
 * @throws {RangeError} If shapes or options are invalid.
 *
 * @example Twice as large, as in DCGAN's generator
 * ```ts
 * import { convTranspose, ones } from "@gasp/tensor";
 *
 * const larger = convTranspose(ones([16, 64, 8, 8]), ones([64, 32, 4, 4]), { stride: 2, padding: 1 });
 * const { shape } = larger; // [16, 32, 16, 16]
 * ```
 *
 * @category Convolution and pooling
 */
export function convTranspose(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { groups = 1 } = options;
  const rank = checkOperands("convTranspose", x, w, groups);
  const channels = w.shape[0]!;
  if (x.shape[1] !== channels || channels % groups !== 0) {
    throw new RangeError(
      `convTranspose with ${groups} groups needs [batch, ${channels}, ...] for weights ${
        showShape(w.shape)
      } ` +
        `and channels that the groups divide, got ${showShape(x.shape)}`,
    );
  }
  const strides = perAxis("stride", options.stride ?? 1, rank, 1);
  const dilations = perAxis("dilation", options.dilation ?? 1, rank, 1);
  const padding = perAxis("padding", options.padding ?? 0, rank, 0);
  const extra = perAxis("outputPadding", options.outputPadding ?? 0, rank, 0);
  const space = x.shape.slice(2).map((size, i) => {
    const stride = strides[i]!, dilation = dilations[i]!;
    const result = (size - 1) * stride - 2 * padding[i]! + dilation * (w.shape[2 + i]! - 1) + extra[i]! + 1;
    if (extra[i]! >= Math.max(stride, dilation) || result < 1) {
      throw new RangeError(
        `convTranspose needs an output padding below stride ${stride} or dilation ${dilation} and results along ` +
          `axis ${2 + i}, got output padding ${extra[i]} and ${result} results`,
      );
    }
    return result;
  });
  const geometry = {
    strides: strides.map(() => 1),
    dilations: dilations.map((dilation) => -dilation),
    spacings: strides,
    offsets: padding,
  };
  // [groups, channels, outputs, ...kernel] → [groups, outputs, channels, ...kernel]
  const grouped = reshape(w, [groups, channels / groups, ...w.shape.slice(1)]);
  return joinGroups(convGeneral(splitGroups(x, groups), swapAxes(grouped, 1, 2), geometry, space));
}

/**
 * The primitive behind all convolutions:
 * `out[g, n, o, p] = Σ_{c, k} X[g, n, c, strides · p + dilations · k + offsets] · w[g, o, c, k]`, where `X[spacings ·
 * u] = x[u]` and X is 0 elsewhere. Its derivatives with respect to x and w have the same form.
 *
 * @param x f32, `[groups, batch, channels, ...space]`.
 * @param w f32, `[groups, outputs, channels, ...kernel]`.
 * @param geometry One value per spatial axis; strides and dilations may be negative.
 * @param space Outputs along each spatial axis.
 * @returns `[groups, batch, outputs, ...space]`.
 * @throws {RangeError} If shapes or geometry are invalid.
 * @category Convolution and pooling
 *
 * @example A negative dilation reverses the kernel
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { convGeneral, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const x = tensor([1, 2, 3, 4], [1, 1, 1, 4]), w = tensor([1, 10], [1, 1, 1, 2]);
 * const geometry = { strides: [1], dilations: [-1], spacings: [1], offsets: [1] };
 * const y = await evaluate(convGeneral(x, w, geometry, [3]), reference);
 * assertEquals([...await y.data()], [12, 23, 34]);
 * ```
 */
export function convGeneral(x: Tensor, w: Tensor, geometry: ConvGeometry, space: Shape): Tensor {
  requireType("convGeneral", x, ["f32"]);
  requireType("convGeneral", w, ["f32"]);
  checkShape(space);
  const { strides, dilations, spacings, offsets } = geometry, rank = space.length;
  const fits = x.rank === 3 + rank && w.rank === 3 + rank && x.shape[0] === w.shape[0] &&
    x.shape[2] === w.shape[2];
  if (!fits) {
    throw new RangeError(
      `a convolution over ${rank} axes needs [groups, batch, channels, ...] and [groups, outputs, channels, ...], got ` +
        `${showShape(x.shape)} and ${showShape(w.shape)}`,
    );
  }
  const whole = [strides, dilations, spacings, offsets].every((list) =>
    list.length === rank && list.every(Number.isInteger)
  );
  if (!whole || strides.includes(0) || dilations.includes(0) || spacings.some((spacing) => spacing < 1)) {
    throw new RangeError(
      `a convolution over ${rank} axes needs that many integers of each kind, nonzero strides and dilations, spacings ` +
        `from 1; got ${JSON.stringify(geometry)}`,
    );
  }
  const shape = [x.shape[0]!, x.shape[1]!, w.shape[1]!, ...space];
  return makeNode("conv", { strides, dilations, spacings, offsets }, [x, w], shape, "f32");
}

/** Checks the types and ranks. @returns The number of spatial axes. */
function checkOperands(name: string, x: Tensor, w: Tensor, groups: number): number {
  requireType(name, x, ["f32"]);
  requireType(name, w, ["f32"]);
  if (x.rank < 3 || w.rank !== x.rank || !Number.isInteger(groups) || groups < 1) {
    throw new RangeError(
      `${name} needs [batch, channels, ...space], weights of the same rank and an integer number of groups from 1, got ` +
        `${showShape(x.shape)}, ${showShape(w.shape)} and ${groups} groups`,
    );
  }
  return x.rank - 2;
}

/**
 * Expands an option to one integer per axis.
 *
 * @param what Name of the option.
 * @param value Its value.
 * @param rank Number of axes.
 * @param least Minimum.
 * @throws {RangeError} If the values are invalid.
 */
export function perAxis(what: string, value: PerAxis, rank: number, least: number): number[] {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : [...value];
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < least)) {
    throw new RangeError(
      `${what} must be an integer from ${least}, or ${rank} of them, one per spatial axis; got ` +
        JSON.stringify(value),
    );
  }
  return list;
}

/**
 * Computes the padding before and after each axis.
 *
 * @param padding The option.
 * @param space Spatial sizes.
 * @param reach Extent of the kernel along each axis.
 * @param strides Strides.
 * @throws {RangeError} If the values are invalid.
 */
export function paddingOf(
  padding: Padding,
  space: Shape,
  reach: readonly number[],
  strides: readonly number[],
): (readonly [number, number])[] {
  if (padding === "valid") return space.map(() => [0, 0]);
  if (padding === "same") {
    return space.map((size, i) => {
      const stride = strides[i]!;
      const zeros = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach[i]! - size);
      return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
    });
  }
  if (typeof padding !== "number" && padding.some((one) => typeof one !== "number")) {
    const pairs = padding as readonly (readonly [number, number])[];
    if (pairs.length === space.length && pairs.every((pair) => pair.length === 2)) {
      perAxis("padding", pairs.flat(), 2 * space.length, 0);
      return [...pairs];
    }
    throw new RangeError(
      `padding needs ${space.length} pairs [before, after], got ${JSON.stringify(padding)}`,
    );
  }
  return perAxis("padding", padding as PerAxis, space.length, 0).map((n) => [n, n]);
}

/** Swaps two adjacent axes; an axis of size 1 moves no element. */
function swapAxes(x: Tensor, a: number, b: number): Tensor {
  const order = x.shape.map((_, i) => (i === a ? b : i === b ? a : i));
  if (x.shape[a] === 1 || x.shape[b] === 1) return reshape(x, order.map((i) => x.shape[i]!));
  return transpose(x, order);
}

/** `[batch, groups · channels, ...] → [groups, batch, channels, ...]`. */
function splitGroups(x: Tensor, groups: number): Tensor {
  const [batch, channels, ...space] = x.shape as [number, number, ...number[]];
  return swapAxes(reshape(x, [batch, groups, channels / groups, ...space]), 0, 1);
}

/** `[groups, batch, outputs, ...] → [batch, groups · outputs, ...]`. */
function joinGroups(y: Tensor): Tensor {
  const [groups, batch, outputs, ...space] = y.shape as [number, number, number, ...number[]];
  return reshape(swapAxes(y, 0, 1), [batch, groups * outputs, ...space]);
}
