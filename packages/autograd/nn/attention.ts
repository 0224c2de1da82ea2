/**
 * Attention (Vaswani et al., 2017): each query computes an average of values, weighted by the match of their keys.
 * @module
 */
import {
  and,
  arange,
  expandDims,
  lessEqual,
  matmul,
  mul,
  reshape,
  showShape,
  softmax,
  type Tensor,
  tensor,
  transpose,
  where,
} from "@gasp/tensor";
import { checkFinite, checkType } from "@gasp/tensor/compiler";
import { xavierUniform } from "./initializers.ts";
import { linear, type LinearParams } from "./linear.ts";
import type { RandomSource } from "./random_source.ts";

/**
 * Options of {@link scaledDotProductAttention}.
 *
 * @category Layers
 */
export interface AttentionOptions {
  /**
   * Mask, true where a query attends to a key: bool, broadcast to `[..., queries, keys]`. A query without keys yields
   * zeros. Default: all true.
   */
  readonly mask?: Tensor;
  /** Whether query i attends to keys 0 to i only. Default: false. */
  readonly causal?: boolean;
  /** Scale of the products of queries and keys. Default: `1 / √channels`. */
  readonly scale?: number;
  /** Applied to the weights `[..., queries, keys]`: for example `(w) => dropout(w, 0.1, key)`. Default: none. */
  readonly onWeights?: (weights: Tensor) => Tensor;
}

/** Far below any product, and finite, to avoid `∞ - ∞` for a query without keys. */
const UNSEEN = -1e30;

/**
 * Scaled dot-product attention: `softmax(Q Kᵀ · scale) V`.
 *
 * @param query f32, `[..., queries, channels]`.
 * @param key f32, `[..., keys, channels]`, with the same leading axes.
 * @param value f32, `[..., keys, out]`.
 * @param options Mask and scale.
 * @returns `[..., queries, out]`.
 * @throws {RangeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scaledDotProductAttention } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const query = tensor([[0, 0]]), key = tensor([[1, 0], [0, 1]]), value = tensor([[2], [4]]);
 * const y = await evaluate(scaledDotProductAttention(query, key, value)); // both keys match alike
 * assertEquals([...await y.data()], [3]);
 * ```
 *
 * @category Layers
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  for (const one of [query, key, value]) checkType("attention", one, ["f32"]);
  checkAttention(query, key, value);
  const [queries, channels] = query.shape.slice(-2) as [number, number];
  const keys = key.shape.at(-2)!;
  const { scale = 1 / Math.sqrt(channels), onWeights = (weights) => weights } = options;
  checkFinite("attention", "the scale", scale);
  const axes = key.shape.map((_, axis) => axis);
  const swapped = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
  const products = mul(matmul(query, transpose(key, swapped)), scale);
  const seen = seenKeys(options, queries, keys);
  const weights = seen ? where(seen, softmax(where(seen, products, UNSEEN)), 0) : softmax(products);
  return matmul(onWeights(weights), value);
}

function seenKeys(
  { mask, causal = false }: AttentionOptions,
  queries: number,
  keys: number,
): Tensor | undefined {
  if (mask && mask.dtype !== "bool") {
    throw new TypeError(
      `an attention mask must be bool, true where a query attends to a key; got ${mask.dtype}`,
    );
  }
  if (!causal) return mask;
  const before = lessEqual(arange(keys), expandDims(arange(queries), 1));
  return mask ? and(mask, before) : before;
}

function checkAttention(query: Tensor, key: Tensor, value: Tensor): void {
  const [q, k, v] = [query.shape, key.shape, value.shape];
  const leading = [q, k, v].map((shape) => showShape(shape.slice(0, -2)));
  const fits = q.length >= 2 && k.length >= 2 && v.length >= 2 && leading[0] === leading[1] &&
    leading[1] === leading[2] && q.at(-1) === k.at(-1) && k.at(-2) === v.at(-2);
  if (fits) return;
  throw new RangeError(
    "attention needs queries [..., queries, channels], keys [..., keys, channels] and values [..., keys, out], got " +
      `${showShape(q)}, ${showShape(k)} and ${showShape(v)}`,
  );
}

/**
 * Parameters of {@link multiHeadAttention}.
 *
 * @category Layers
 */
export type MultiHeadAttentionParams = {
  /** Projection to queries, `[channels, in]`. */
  readonly query: LinearParams;
  /** Projection to keys, `[channels, context channels]`. */
  readonly key: LinearParams;
  /** Projection to values, `[channels, context channels]`. */
  readonly value: LinearParams;
  /** Projection of the concatenated heads to the result, `[out, channels]`. */
  readonly output: LinearParams;
};

/**
 * Options of {@link multiHeadAttention}.
 *
 * @category Layers
 */
export interface MultiHeadAttentionOptions extends AttentionOptions {
  /** Number of heads; it divides the channels. A mask is broadcast to `[batch, heads, queries, keys]`. */
  readonly heads: number;
}

/**
 * Multi-head attention.
 *
 * @param query f32, `[batch, queries, in]`.
 * @param context Keys and values, f32, `[batch, keys, context channels]`; the query itself for self-attention.
 * @param params Parameters of the affine maps.
 * @param options Heads and mask.
 * @returns `[batch, queries, out]`.
 * @throws {RangeError} If the shapes do not match or the heads do not divide the channels.
 *
 * @example Causal self-attention
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initMultiHeadAttention, multiHeadAttention, randomSource } from "@gasp/autograd/nn";
 * import { ones } from "@gasp/tensor";
 *
 * const params = initMultiHeadAttention(randomSource({ seed: 0, stream: "attention" }), 8);
 * const x = ones([2, 5, 8]);
 * const y = multiHeadAttention(x, x, params, { heads: 4, causal: true });
 * assertEquals(y.shape, [2, 5, 8]);
 * ```
 *
 * @category Layers
 */
export function multiHeadAttention(
  query: Tensor,
  context: Tensor,
  params: MultiHeadAttentionParams,
  options: MultiHeadAttentionOptions,
): Tensor {
  const { heads, ...attention } = options, channels = params.query.weight.shape[0]!;
  if (!(Number.isInteger(heads) && heads >= 1 && channels % heads === 0)) {
    throw new RangeError(`attention needs heads that divide the ${channels} channels, got ${heads}`);
  }
  if (query.rank !== 3 || context.rank !== 3) {
    throw new RangeError(
      `attention in heads needs [batch, places, channels], got ${showShape(query.shape)} and ${
        showShape(context.shape)
      }`,
    );
  }
  const split = (x: Tensor, { weight, bias }: LinearParams) => {
    const [batch, places] = x.shape as [number, number];
    return transpose(reshape(linear(x, weight, bias), [batch, places, heads, channels / heads]), [
      0,
      2,
      1,
      3,
    ]);
  };
  const joined = transpose(
    scaledDotProductAttention(
      split(query, params.query),
      split(context, params.key),
      split(context, params.value),
      attention,
    ),
    [0, 2, 1, 3],
  );
  const { weight, bias } = params.output;
  return linear(reshape(joined, [query.shape[0]!, query.shape[1]!, channels]), weight, bias);
}

/**
 * Initialises attention between vectors of one size: weights by {@link xavierUniform}, biases 0.
 *
 * @param random Source of random numbers.
 * @param channels Channels of the input, of all heads together, and of the result.
 * @returns Concrete tensors.
 * @category Layers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initMultiHeadAttention, multiHeadAttention, randomSource } from "@gasp/autograd/nn";
 * import { zeros } from "@gasp/tensor";
 *
 * const params = initMultiHeadAttention(randomSource({ seed: 0, stream: "attention" }), 8);
 * assertEquals(params.query.weight.shape, [8, 8]);
 * const y = multiHeadAttention(zeros([2, 5, 8]), zeros([2, 7, 8]), params, { heads: 4 });
 * assertEquals(y.shape, [2, 5, 8]); // one result for each query
 * ```
 */
export function initMultiHeadAttention(random: RandomSource, channels: number): MultiHeadAttentionParams {
  const map = () => ({
    weight: xavierUniform(random, [channels, channels]),
    bias: tensor(new Float32Array(channels)),
  });
  return { query: map(), key: map(), value: map(), output: map() };
}
