/**
 * Per-example normalisation: layer norm (Ba, Kiros & Hinton, 2016), RMS norm (Zhang & Sennrich, 2019) and group
 * norm (Wu & He, 2018), with PyTorch's conventions.
 * @module
 */
import {
  add,
  div,
  mean,
  mul,
  reshape,
  type Shape,
  showShape,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { checkFinite, checkType, checkWhole } from "@gasp/tensor/compiler";

/**
 * Scale and shift of a normalisation.
 *
 * @category Layers
 */
export type NormParams = {
  /** Scale γ, `[channels]`. */
  readonly weight: Tensor;
  /** Shift β, `[channels]`; none for RMS norm. */
  readonly bias?: Tensor;
};

/**
 * Options of {@link layerNorm}, {@link rmsNorm} and {@link groupNorm}.
 *
 * @category Layers
 */
export interface NormEpsilon {
  /** Added to the variance or the mean square. Default: 1e-5. */
  readonly eps?: number;
}

const EPSILON = 1e-5;

/**
 * Initialises a normalisation: weight 1, bias 0.
 *
 * @param channels Number of channels.
 * @returns Concrete tensors, each `[channels]`.
 * @category Layers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initNorm } from "@gasp/autograd/nn";
 *
 * const { weight, bias } = initNorm(3);
 * assertEquals([...await weight.data()], [1, 1, 1]);
 * assertEquals([...await bias.data()], [0, 0, 0]);
 * ```
 */
export function initNorm(channels: number): Required<NormParams> {
  checkWhole("initNorm()", "the number of channels", channels, 0);
  return { weight: tensor(new Float32Array(channels).fill(1)), bias: tensor(new Float32Array(channels)) };
}

function checkChannels(
  name: string,
  { weight, bias }: NormParams,
  channels: number | undefined,
  x: Shape,
): void {
  for (const param of bias ? [weight, bias] : [weight]) {
    if (param.rank === 1 && param.shape[0] === channels) continue;
    throw new RangeError(
      `${name} of ${showShape(x)} needs weight and bias of shape [${channels}], got ${
        showShape(param.shape)
      }`,
    );
  }
}

function checkInput(name: string, x: Tensor, eps: number): void {
  checkType(name, x, ["f32"]);
  checkFinite(name, "eps", eps, 0);
}

/** `(x - mean) / √(variance + eps)` along axes, in two passes, since `E[x²] - E[x]²` cancels in f32. */
function standardise(x: Tensor, axes: readonly number[], eps: number): Tensor {
  const centred = sub(x, mean(x, { axes, keepDims: true }));
  const variance = mean(square(centred), { axes, keepDims: true });
  return div(centred, sqrt(add(variance, eps)));
}

function affine(x: Tensor, { weight, bias }: NormParams): Tensor {
  const scaled = mul(x, weight);
  return bias ? add(scaled, bias) : scaled;
}

/**
 * Layer norm: each row of the last axis is standardised to mean 0 and variance 1, then scaled and shifted.
 *
 * @param x f32, `[..., channels]`.
 * @param params Weight and optional bias, `[channels]`.
 * @param options ε.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { initNorm, layerNorm } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(layerNorm(tensor([[1, 3]]), initNorm(2)));
 * const [low, high] = await y.data();
 * assertAlmostEquals(low!, -1, 1e-4);
 * assertAlmostEquals(high!, 1, 1e-4);
 * ```
 *
 * @category Layers
 */
export function layerNorm(x: Tensor, params: NormParams, { eps = EPSILON }: NormEpsilon = {}): Tensor {
  checkInput("layerNorm()", x, eps);
  checkChannels("layerNorm()", params, x.shape.at(-1), x.shape);
  return affine(standardise(x, [-1], eps), params);
}

/**
 * RMS norm: each row of the last axis is divided by its root mean square, then scaled.
 *
 * @param x f32, `[..., channels]`.
 * @param params Weight and optional bias, `[channels]`.
 * @param options ε.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { rmsNorm } from "@gasp/autograd/nn";
 * import { evaluate, ones, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(rmsNorm(tensor([[3, -3]]), { weight: ones([2]) }, { eps: 0 }));
 * assertEquals([...await y.data()], [1, -1]);
 * ```
 *
 * @category Layers
 */
export function rmsNorm(x: Tensor, params: NormParams, { eps = EPSILON }: NormEpsilon = {}): Tensor {
  checkInput("rmsNorm()", x, eps);
  checkChannels("rmsNorm()", params, x.shape.at(-1), x.shape);
  const meanSquare = mean(square(x), { axes: -1, keepDims: true });
  return affine(div(x, sqrt(add(meanSquare, eps))), params);
}

/**
 * Options of {@link groupNorm}.
 *
 * @category Layers
 */
export interface GroupNormOptions extends NormEpsilon {
  /** Number of groups; it divides the channels. With one group per channel this is instance norm. */
  readonly groups: number;
}

/**
 * Group norm: within each example, each group of channels is standardised to mean 0 and variance 1 over all positions;
 * then each channel is scaled and shifted.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param params Weight and optional bias, `[channels]`.
 * @param options Number of groups, ε.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the shapes do not match, or the groups do not divide the channels.
 *
 * @example
 * ```ts
 * import { groupNorm, initNorm } from "@gasp/autograd/nn";
 * import { ones } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = groupNorm(ones([2, 8, 16, 16]), initNorm(8), { groups: 4 });
 * assertEquals(y.shape, [2, 8, 16, 16]);
 * ```
 *
 * @category Layers
 */
export function groupNorm(
  x: Tensor,
  params: NormParams,
  { groups, eps = EPSILON }: GroupNormOptions,
): Tensor {
  checkInput("groupNorm()", x, eps);
  const [batch, channels, ...space] = x.shape;
  if (batch === undefined || channels === undefined) {
    throw new RangeError(`groupNorm() needs [batch, channels, ...space], got ${showShape(x.shape)}`);
  }
  if (!(Number.isInteger(groups) && groups >= 1 && channels % groups === 0)) {
    throw new RangeError(`groupNorm() needs groups that divide the ${channels} channels, got ${groups}`);
  }
  checkChannels("groupNorm()", params, channels, x.shape);
  const grouped = reshape(x, [batch, groups, x.size / Math.max(1, batch * groups)]);
  const perChannel = (param: Tensor) => reshape(param, [channels, ...space.map(() => 1)]);
  const { weight, bias } = params;
  return affine(reshape(standardise(grouped, [-1], eps), x.shape), {
    weight: perChannel(weight),
    ...(bias && { bias: perChannel(bias) }),
  });
}
