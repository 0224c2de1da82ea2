/**
 * Random numbers within a program: pure functions of a key, as in JAX, and bit-identical on every device. A key is a
 * tensor, so that a compiled program draws new samples in every step without being recompiled.
 *
 * The generator is Philox 4×32-10, keyed and counted as for `randomBits` and the like on the host: {@link bits} and
 * {@link uniform} equal those, {@link normal} up to the last bit or two.
 * @module
 */
import { checkShape, type Shape, showShape, sizeOf } from "../../graph/shape.ts";
import type { RandomParams } from "../../graph/primitives.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
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
/** Samples come from lower blocks, derived keys from higher ones. */
const FIRST_KEY_BLOCK = 2 ** 31;

/**
 * Returns a key as a tensor, to pass to a program.
 *
 * @param key Key of the sequence; change `step` per run for new samples.
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
 *
 * @category Random numbers
 */
export function randomKey(key: RandomKey): Tensor {
  return tensor(Uint32Array.from(keyWords(key)));
}

/**
 * Derives a key from a key and an index; its samples are independent of those of the key and of other indices. For
 * parts of a program that share a key.
 *
 * @param key u32, `[5]`.
 * @param index Integer from 0 to 2³¹ - 1.
 * @returns u32, `[5]`.
 * @throws {RangeError} If the key or the index is invalid.
 *
 * @example Two layers with dropout
 * ```ts
 * import { dropout, foldIn, ones, randomKey } from "@gasp/tensor";
 *
 * const key = randomKey({ seed: 1, stream: "dropout", step: 0 });
 * const first = dropout(ones([4, 8]), 0.5, foldIn(key, 0));
 * const second = dropout(first, 0.5, foldIn(key, 1));
 * ```
 *
 * @category Random numbers
 */
export function foldIn(key: Tensor, index: number): Tensor {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 31) {
    throw new RangeError(`foldIn needs an integer from 0 to 2147483647, got ${index}`);
  }
  return reshape(keysFrom(key, index, 1), [KEY_WORDS]);
}

/**
 * Derives several keys from one, such as one per example for {@link vmap}: entry i is `foldIn(key, i)`.
 *
 * @param key u32, `[5]`.
 * @param count Number of keys.
 * @returns u32, `[count, 5]`.
 * @throws {RangeError} If the key or the count is invalid.
 *
 * @example Independent noise per example
 * ```ts
 * import { add, normal, ones, randomKey, splitKey, type Tensor, vmap } from "@gasp/tensor";
 *
 * const noisy = vmap((x: Tensor, key: Tensor) => add(x, normal(key, x.shape)));
 * const keys = splitKey(randomKey({ seed: 1, stream: "noise", step: 0 }), 16);
 * const { shape } = noisy(ones([16, 3]), keys); // [16, 3]
 * ```
 *
 * @category Random numbers
 */
export function splitKey(key: Tensor, count: number): Tensor {
  if (!Number.isInteger(count) || count < 0 || count >= 2 ** 31) {
    throw new RangeError(`splitKey needs a count from 0 to 2147483647, got ${count}`);
  }
  return keysFrom(key, 0, count);
}

/** Derives keys from the words of some blocks; the stream is inherited: `[count, 5]`. */
function keysFrom(key: Tensor, first: number, count: number): Tensor {
  const words = reshape(draw(key, count, "bits", FIRST_KEY_BLOCK + first), [count, 4]);
  const stream = broadcastTo(reshape(slice(key, [KEY_WORDS - 1]), [1, 1]), [count, 1]);
  return concatenate([words, stream], 1);
}

/** Draws the samples of some blocks, `[1, blocks, 4]`. */
function draw(
  key: Tensor,
  blocks: number,
  distribution: RandomParams["distribution"],
  first: number,
): Tensor {
  requireTensor("a random operation", key);
  if (key.dtype !== "u32" || key.rank !== 1 || key.size !== KEY_WORDS) {
    throw new RangeError(
      `a key must be u32 of shape [${KEY_WORDS}], as returned by randomKey(); got ${key.dtype} of ${
        showShape(key.shape)
      }` +
        (key.rank === 2 ? ": use vmap() for several keys" : ""),
    );
  }
  const dtype = distribution === "bits" ? "u32" : "f32";
  return makeNode("random", { distribution, first }, [reshape(key, [1, KEY_WORDS])], [1, blocks, 4], dtype);
}

/** Returns the first samples of a sequence, in a shape. */
function sequence(key: Tensor, shape: Shape, distribution: RandomParams["distribution"]): Tensor {
  checkShape(shape);
  const size = sizeOf(shape), blocks = Math.ceil(size / 4);
  if (blocks > FIRST_KEY_BLOCK) {
    throw new RangeError(`${showShape(shape)} has more elements than a key has samples`);
  }
  const flat = reshape(draw(key, blocks, distribution, 0), [4 * blocks]);
  return reshape(slice(flat, [0], [size]), shape);
}

/**
 * Random bits, identical on every device and to `randomBits` on the host.
 *
 * @param key u32, `[5]`.
 * @param shape Shape.
 * @returns u32.
 * @throws {RangeError} If the key is invalid.
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
 *
 * @category Random numbers
 */
export function bits(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "bits");
}

/**
 * Samples the uniform distribution over `0 ≤ x < 1`, multiples of 2⁻²⁴: bit-identical on every device and to
 * `randomUniform` on the host. Scale the samples for another range.
 *
 * @param key u32, `[5]`.
 * @param shape Shape.
 * @returns f32.
 * @throws {RangeError} If the key is invalid.
 *
 * @example Between -1 and 1
 * ```ts
 * import { mul, randomKey, sub, uniform } from "@gasp/tensor";
 *
 * const x = sub(mul(uniform(randomKey({ seed: 1, stream: "x", step: 0 }), [3]), 2), 1);
 * ```
 *
 * @category Random numbers
 */
export function uniform(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "uniform");
}

/**
 * Samples the standard normal distribution by the Box–Muller transform in integer arithmetic: bit-identical on every
 * device, and within 2⁻²³ of `randomNormal` on the host, relative to the larger of 1 and the value.
 *
 * @param key u32, `[5]`.
 * @param shape Shape.
 * @returns f32, mean 0 and variance 1, at most 6.66 in magnitude.
 * @throws {RangeError} If the key is invalid.
 *
 * @example Latents
 * ```ts
 * import { normal, randomKey } from "@gasp/tensor";
 *
 * const { shape } = normal(randomKey({ seed: 1, stream: "latents", step: 0 }), [16, 64]); // [16, 64]
 * ```
 *
 * @category Random numbers
 */
export function normal(key: Tensor, shape: Shape): Tensor {
  return sequence(key, shape, "normal");
}

/**
 * Samples the Bernoulli distribution, independently per element.
 *
 * @param key u32, `[5]`.
 * @param probability Probability of true, from 0 to 1; a number, or f32 that broadcasts to the shape.
 * @param shape Shape.
 * @returns bool.
 * @throws {RangeError} If the key is invalid, or a probability is not from 0 to 1.
 *
 * @example A coin
 * ```ts
 * import { bernoulli, randomKey } from "@gasp/tensor";
 *
 * const heads = bernoulli(randomKey({ seed: 1, stream: "coin", step: 0 }), 0.5, [10]);
 * ```
 *
 * @category Random numbers
 */
export function bernoulli(key: Tensor, probability: TensorLike, shape: Shape): Tensor {
  if (typeof probability === "number" && !(probability >= 0 && probability <= 1)) {
    throw new RangeError(`bernoulli: a probability is from 0 to 1, got ${probability}`);
  }
  const chance = less(uniform(key, shape), probability);
  return broadcastTo(chance, shape);
}

/**
 * Samples the categorical distribution along an axis, with probabilities proportional to the exponentials of the
 * logits, as the argmax of logits plus Gumbel noise. Devices round logarithms differently, so a choice between nearly
 * equal sums may differ.
 *
 * @param key u32, `[5]`.
 * @param logits f32.
 * @param axis Axis; negative values count from the end. Default: the last one.
 * @returns i32, the shape of the logits without the axis.
 * @throws {RangeError} If the key is invalid, or the axis is empty or out of range.
 *
 * @example One of three
 * ```ts
 * import { categorical, randomKey, tensor } from "@gasp/tensor";
 *
 * const choice = categorical(randomKey({ seed: 1, stream: "choice", step: 0 }), tensor([0, 1, 2])); // [], mostly 2
 * ```
 *
 * @category Random numbers
 */
export function categorical(key: Tensor, logits: Tensor, axis = -1): Tensor {
  requireType("categorical", logits, ["f32"]);
  const gumbel = neg(log(neg(log(maximum(uniform(key, logits.shape), 2 ** -25)))));
  return argmax(add(logits, gumbel), { axis });
}

/**
 * Dropout: sets elements to 0 with some probability and scales the others up, which preserves the mean. For training
 * only; omit it in evaluation.
 *
 * @param x f32.
 * @param rate Probability of zeroing an element, at least 0 and less than 1.
 * @param key u32, `[5]`.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the rate or the key is invalid.
 *
 * @example Half of a layer
 * ```ts
 * import { dropout, ones, randomKey } from "@gasp/tensor";
 *
 * const y = dropout(ones([4, 8]), 0.5, randomKey({ seed: 1, stream: "dropout", step: 0 })); // zeros and twos
 * ```
 *
 * @category Random numbers
 */
export function dropout(x: Tensor, rate: number, key: Tensor): Tensor {
  requireType("dropout", x, ["f32"]);
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`a dropout rate must be at least 0 and less than 1, got ${rate}`);
  }
  return where(bernoulli(key, 1 - rate, x.shape), div(x, 1 - rate), 0);
}
