/**
 * Random numbers within a program: pure functions of a key, as in JAX, and the same bytes on every device. A key is a tensor, so
 * that a compiled program draws others in every step without being compiled again.
 *
 * Numbers come from Philox 4×32-10, counted from the key as those of `randomBits` and its like are on the host: {@link bits} and
 * {@link uniform} are the same numbers as theirs, {@link normal} the same up to the last bit or two.
 * @module
 */
import { checkShape, type Shape, showShape, sizeOf } from "../../graph/shape.ts";
import { makeNode, type RandomParams, type Tensor } from "../../graph/tensor.ts";
import { tensor } from "../../graph/from_host.ts";
import { keyWords, type RandomKey } from "../../random/random.ts";
import type { TensorLike } from "../elementwise/apply.ts";
import { argmax } from "../reduction/argmax.ts";
import { add, div, maximum, neg } from "../elementwise/arithmetic.ts";
import { concatenate } from "../shape/concatenate.ts";
import { log } from "../elementwise/functions.ts";
import { less, where } from "../elementwise/logic.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { broadcastTo, reshape, slice } from "../shape/movement.ts";

/** Words of a key: seed (two), step (two), stream. */
const KEY_WORDS = 5;
/** Numbers are drawn from blocks below, keys from those above. */
const FIRST_KEY_BLOCK = 2 ** 31;

/**
 * A key as a tensor, to be passed to a program.
 *
 * @param key Names the sequence; another `step` for each run gives other numbers.
 * @returns u32, `[5]`.
 * @throws {RangeError} If the key is out of range.
 *
 * @example Noise that differs from step to step
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { compile, normal, openDevice, randomKey, type Tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using noise = compile((key: Tensor) => normal(key, [2, 3]), { device });
 * using first = await noise(randomKey({ seed: 1, stream: "noise", step: 0 }));
 * using second = await noise(randomKey({ seed: 1, stream: "noise", step: 1 }));
 * assertEquals(first.shape, [2, 3]);
 * assert((await first.data())[0] !== (await second.data())[0]);
 * ```
 */
export function randomKey(key: RandomKey): Tensor {
  return tensor(Uint32Array.from(keyWords(key)));
}

/**
 * A key made of another one and a number: its numbers are independent of those of the other and of other numbers'. For parts of
 * a program that draw from one key.
 *
 * @param key u32, `[5]`.
 * @param index Which, a whole number from 0 to 2³¹ - 1.
 * @returns u32, `[5]`.
 * @throws {RangeError} If the key or the number is out of range.
 *
 * @example Two layers with dropout
 * ```ts
 * import { dropout, foldIn, ones, randomKey } from "@gasp/tensor";
 *
 * const key = randomKey({ seed: 1, stream: "dropout", step: 0 });
 * const first = dropout(ones([4, 8]), 0.5, foldIn(key, 0));
 * const second = dropout(first, 0.5, foldIn(key, 1));
 * ```
 */
export function foldIn(key: Tensor, index: number): Tensor {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 31) {
    throw new RangeError(`foldIn takes a whole number from 0 to 2147483647, got ${index}`);
  }
  return reshape(keysFrom(key, index, 1), [KEY_WORDS]);
}

/**
 * Several keys from one, such as one for each example of {@link vmap}: entry i is `foldIn(key, i)`.
 *
 * @param key u32, `[5]`.
 * @param count How many.
 * @returns u32, `[count, 5]`.
 * @throws {RangeError} If the key or the count is out of range.
 *
 * @example Noise of its own for each example
 * ```ts
 * import { add, normal, ones, randomKey, splitKey, type Tensor, vmap } from "@gasp/tensor";
 *
 * const noisy = vmap((x: Tensor, key: Tensor) => add(x, normal(key, x.shape)));
 * const keys = splitKey(randomKey({ seed: 1, stream: "noise", step: 0 }), 16);
 * const { shape } = noisy(ones([16, 3]), keys); // [16, 3]
 * ```
 */
export function splitKey(key: Tensor, count: number): Tensor {
  if (!Number.isInteger(count) || count < 0 || count >= 2 ** 31) {
    throw new RangeError(`splitKey makes 0 to 2147483647 keys, got ${count}`);
  }
  return keysFrom(key, 0, count);
}

/** Keys of the words of some blocks, with the stream of the one that they come from: `[count, 5]`. */
function keysFrom(key: Tensor, first: number, count: number): Tensor {
  const words = reshape(draw(key, count, "bits", FIRST_KEY_BLOCK + first), [count, 4]);
  const stream = broadcastTo(reshape(slice(key, [KEY_WORDS - 1]), [1, 1]), [count, 1]);
  return concatenate([words, stream], 1);
}

/** Numbers of some blocks, `[1, blocks, 4]`. */
function draw(
  key: Tensor,
  blocks: number,
  distribution: RandomParams["distribution"],
  first: number,
): Tensor {
  requireTensor("a random operation", key);
  if (key.dtype !== "u32" || key.rank !== 1 || key.size !== KEY_WORDS) {
    throw new RangeError(
      `a key is u32 of shape [${KEY_WORDS}], as randomKey() makes it; got ${key.dtype} of ${
        showShape(key.shape)
      }` +
        (key.rank === 2 ? ": use vmap() for several keys" : ""),
    );
  }
  const dtype = distribution === "bits" ? "u32" : "f32";
  return makeNode("random", { distribution, first }, [reshape(key, [1, KEY_WORDS])], [1, blocks, 4], dtype);
}

/** The first numbers of a sequence in a shape. */
function sequence(key: Tensor, shape: Shape, distribution: RandomParams["distribution"]): Tensor {
  checkShape(shape);
  const size = sizeOf(shape), blocks = Math.ceil(size / 4);
  if (blocks > FIRST_KEY_BLOCK) {
    throw new RangeError(`${showShape(shape)} is more than one key has numbers for`);
  }
  const flat = reshape(draw(key, blocks, distribution, 0), [4 * blocks]);
  return reshape(slice(flat, [0], [size]), shape);
}

/**
 * Random bits, the same on every device, and those of `randomBits` on the host.
 *
 * @param key u32, `[5]`.
 * @param shape Sizes of the axes.
 * @returns u32.
 * @throws {RangeError} If the key has another form.
 *
 * @example As on the host
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bits, evaluate, openDevice, randomBits, randomKey } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const key = { seed: 1, stream: "bits", step: 0 };
 * using words = await evaluate(bits(randomKey(key), [6]), device);
 * assertEquals(await words.data(), randomBits(key, 6));
 * ```
 */
export function bits(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "bits");
}

/**
 * Numbers spread evenly over `0 ≤ x < 1`, multiples of 2⁻²⁴: the same bytes on every device, and those of `randomUniform` on the
 * host. For another range, scale them.
 *
 * @param key u32, `[5]`.
 * @param shape Sizes of the axes.
 * @returns f32.
 * @throws {RangeError} If the key has another form.
 *
 * @example Between -1 and 1
 * ```ts
 * import { mul, randomKey, sub, uniform } from "@gasp/tensor";
 *
 * const x = sub(mul(uniform(randomKey({ seed: 1, stream: "x", step: 0 }), [3]), 2), 1);
 * ```
 */
export function uniform(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "uniform");
}

/**
 * Standard normal numbers by the Box–Muller transform in integer arithmetic: the same bytes on every device, and within 2⁻²³ of
 * those of `randomNormal` on the host, relative to the larger of 1 and the number.
 *
 * @param key u32, `[5]`.
 * @param shape Sizes of the axes.
 * @returns f32, mean 0 and variance 1, at most 6.66 in size.
 * @throws {RangeError} If the key has another form.
 *
 * @example Latents
 * ```ts
 * import { normal, randomKey } from "@gasp/tensor";
 *
 * const { shape } = normal(randomKey({ seed: 1, stream: "latents", step: 0 }), [16, 64]); // [16, 64]
 * ```
 */
export function normal(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "normal");
}

/**
 * True with some probability, independently for each element.
 *
 * @param key u32, `[5]`.
 * @param probability One number, or f32 that broadcasts to the shape; from 0 to 1.
 * @param shape Sizes of the axes.
 * @returns bool.
 * @throws {RangeError} If the key has another form, or a number is no probability.
 *
 * @example A coin
 * ```ts
 * import { bernoulli, randomKey } from "@gasp/tensor";
 *
 * const heads = bernoulli(randomKey({ seed: 1, stream: "coin", step: 0 }), 0.5, [10]);
 * ```
 */
export function bernoulli(key: Tensor, probability: TensorLike, shape: Shape): Tensor {
  if (typeof probability === "number" && !(probability >= 0 && probability <= 1)) {
    throw new RangeError(`bernoulli: a probability is from 0 to 1, got ${probability}`);
  }
  const chance = less(uniform(key, shape), probability);
  return broadcastTo(chance, shape);
}

/**
 * Choices among the elements along an axis, each with a probability proportional to the exponential of its logit, by the
 * largest of logits plus Gumbel noise. Devices round logarithms differently: a choice between nearly equal sums may differ.
 *
 * @param key u32, `[5]`.
 * @param logits f32.
 * @param axis The axis; negative counts from the end. Default: the last.
 * @returns i32, without the axis.
 * @throws {RangeError} If the key has another form, or the axis is empty or out of range.
 *
 * @example One of three
 * ```ts
 * import { categorical, randomKey, tensor } from "@gasp/tensor";
 *
 * const choice = categorical(randomKey({ seed: 1, stream: "choice", step: 0 }), tensor([0, 1, 2])); // [], mostly 2
 * ```
 */
export function categorical(key: Tensor, logits: Tensor, axis = -1): Tensor {
  requireType("categorical", logits, ["f32"]);
  const gumbel = neg(log(neg(log(maximum(uniform(key, logits.shape), 2 ** -25)))));
  return argmax(add(logits, gumbel), { axis });
}

/**
 * Sets elements to 0 with some probability and scales the others up, so that their mean stays. A layer's part in training; leave
 * it out of evaluation.
 *
 * @param x f32.
 * @param rate Probability of 0, at least 0 and less than 1.
 * @param key u32, `[5]`.
 * @returns The shape of `x`.
 * @throws {RangeError} If the rate or the key is out of range.
 *
 * @example Half of a layer
 * ```ts
 * import { dropout, ones, randomKey } from "@gasp/tensor";
 *
 * const y = dropout(ones([4, 8]), 0.5, randomKey({ seed: 1, stream: "dropout", step: 0 })); // zeros and twos
 * ```
 */
export function dropout(x: Tensor, rate: number, key: Tensor): Tensor {
  requireType("dropout", x, ["f32"]);
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`a dropout rate is at least 0 and less than 1, got ${rate}`);
  }
  return where(bernoulli(key, 1 - rate, x.shape), div(x, 1 - rate), 0);
}
