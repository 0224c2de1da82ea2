/**
 * Random arrays as pure functions of a key `(seed, stream, step)`, bit-identical on every machine: generated on the
 * host by Philox 4×32-10, without state. A longer array starts with the shorter one of the same key (except
 * permutations).
 *
 * @module
 */
import { fnv1a } from "./fnv1a.ts";
import { philox, type Words2, type Words4 } from "./philox.ts";
import { cosineAndSine, logarithm } from "./real_functions.ts";

/**
 * Identifies a random sequence.
 *
 * @category Random numbers
 */
export interface RandomKey {
  /** Seed of the run: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Purpose: a name, or an integer from 0 to 2^31 - 1. Different streams are independent. */
  readonly stream: string | number;
  /** Index of the use of the stream: an integer from 0 to 2^53 - 1. */
  readonly step: number;
}

const WORD = 2 ** 32;
const NAMED = 0x80000000;

function checkInteger(what: string, value: number, low: number, high: number): number {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${what} must be an integer from ${low} to ${high}, got ${value}`);
}

/** FNV-1a of the UTF-8 bytes in the lower 31 bits; the top bit distinguishes names from numbers. */
function streamWord(stream: string | number): number {
  if (typeof stream === "number") return checkInteger("stream", stream, 0, NAMED - 1);
  return (fnv1a(new TextEncoder().encode(stream)) | NAMED) >>> 0;
}

/**
 * Returns a key as 32-bit words: low and high word of the seed, low and high word of the step, the stream.
 *
 * @param key Key of the sequence.
 * @throws {RangeError} If the key is out of range.
 */
export function keyWords({ seed, stream, step }: RandomKey): [number, number, number, number, number] {
  checkInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger("step", step, 0, Number.MAX_SAFE_INTEGER);
  return [seed >>> 0, Math.floor(seed / WORD), step >>> 0, Math.floor(step / WORD), streamWord(stream)];
}

/** Generates the words of a key's sequence, in order. */
class WordSource {
  readonly #key: Words2;
  readonly #counterTail: readonly [number, number, number];
  #block: Words4 = [0, 0, 0, 0];
  #blocks = 0;
  #used = 4;

  constructor(key: RandomKey) {
    const [seedLow, seedHigh, ...tail] = keyWords(key);
    this.#key = [seedLow, seedHigh];
    this.#counterTail = tail;
  }

  /** Returns the next 32 random bits. */
  next(): number {
    if (this.#used === 4) {
      this.#block = philox(
        [checkInteger("block", this.#blocks++, 0, WORD - 1), ...this.#counterTail],
        this.#key,
      );
      this.#used = 0;
    }
    return this.#block[this.#used++] ?? 0;
  }

  /** Returns a uniform integer below `bound`, by rejection of words in the last incomplete interval of `bound`. */
  nextBelow(bound: number): number {
    const limit = WORD - WORD % bound;
    let word = this.next();
    while (word >= limit) word = this.next();
    return word % bound;
  }
}

function checkSize(size: number): number {
  return checkInteger("size", size, 0, WORD - 1);
}

/**
 * Generates random bits.
 *
 * @param key Key of the sequence.
 * @param size Number of words.
 * @returns `[size]` unsigned 32-bit words.
 * @throws {RangeError} If the key or the size is out of range.
 *
 * @example A longer array starts with the shorter one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomBits } from "@gasp/tensor";
 *
 * const key = { seed: 1, stream: "masks", step: 0 };
 * assertEquals(randomBits(key, 100).slice(0, 10), randomBits(key, 10));
 * ```
 *
 * @category Random numbers
 */
export function randomBits(key: RandomKey, size: number): Uint32Array {
  const source = new WordSource(key);
  return new Uint32Array(checkSize(size)).map(() => source.next());
}

/**
 * Samples the standard normal distribution by the Box–Muller transform, in double precision, rounded at the end.
 *
 * @param key Key of the sequence.
 * @param size Number of samples.
 * @returns `[size]` numbers of mean 0 and variance 1, at most 6.66 in magnitude.
 * @throws {RangeError} If the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomNormal, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const key = { seed: 1, stream: "latents", step: 0 };
 * const latents = tensor(randomNormal(key, 16 * 64), [16, 64]);
 * assertEquals(await latents.data(), randomNormal(key, 16 * 64)); // the same key, the same numbers
 * ```
 *
 * @category Random numbers
 */
export function randomNormal(key: RandomKey, size: number): Float32Array {
  const source = new WordSource(key);
  const out = new Float32Array(checkSize(size));
  for (let i = 0; i < size; i += 2) {
    const radius = Math.sqrt(-2 * logarithm((source.next() + 1) / WORD));
    const [cos, sin] = cosineAndSine(source.next() / WORD);
    out[i] = radius * cos;
    if (i + 1 < size) out[i + 1] = radius * sin;
  }
  return out;
}

/** Returns the largest f32 below a given finite one. */
function justBelow(value: number): number {
  const bits = new Int32Array(new Float32Array([value]).buffer);
  const pattern = bits[0] ?? 0;
  bits[0] = value === 0 ? -0x7fffffff : pattern > 0 ? pattern - 1 : pattern + 1;
  return new Float32Array(bits.buffer)[0] ?? value;
}

/**
 * Samples the uniform distribution over `low <= x < high`, with 24 random bits each.
 *
 * @param key Key of the sequence.
 * @param size Number of samples.
 * @param low Lower bound, as f32.
 * @param high Upper bound, exclusive, as f32.
 * @returns `[size]` numbers.
 * @throws {RangeError} If the range is empty or not finite, or the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomUniform } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const values = randomUniform({ seed: 1, stream: "noise", step: 0 }, 100, -1, 1);
 * assertEquals(values.every((value) => value >= -1 && value < 1), true);
 * ```
 *
 * @category Random numbers
 */
export function randomUniform(key: RandomKey, size: number, low = 0, high = 1): Float32Array {
  const from = Math.fround(low), to = Math.fround(high);
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new RangeError(`low and high must be finite f32 numbers with low < high, got ${low} and ${high}`);
  }
  const source = new WordSource(key), largest = justBelow(to);
  return new Float32Array(checkSize(size)).map(() => {
    const part = (source.next() >>> 8) * 2 ** -24;
    return Math.min(Math.fround(from + (to - from) * part), largest);
  });
}

/**
 * Samples integers uniformly from 0 to `bound - 1`.
 *
 * @param key Key of the sequence.
 * @param size Number of samples.
 * @param bound Number of values: 1 to 2^32.
 * @returns `[size]` integers.
 * @throws {RangeError} If the bound, the key or the size is out of range.
 *
 * @example The rolls of a die
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomIntegers } from "@gasp/tensor";
 *
 * const rolls = randomIntegers({ seed: 1, stream: "die", step: 0 }, 1000, 6);
 * assertEquals([...new Set(rolls)].sort(), [0, 1, 2, 3, 4, 5]);
 * ```
 *
 * @category Random numbers
 */
export function randomIntegers(key: RandomKey, size: number, bound: number): Uint32Array {
  checkInteger("bound", bound, 1, WORD);
  const source = new WordSource(key);
  return new Uint32Array(checkSize(size)).map(() => source.nextBelow(bound));
}

/**
 * Generates a uniform random permutation of `0 .. n-1` (Fisher–Yates).
 *
 * @param key Key of the sequence.
 * @param n Number of elements.
 * @returns `[n]` indices; the first k are a sample of k without replacement.
 * @throws {RangeError} If the key or n is out of range.
 *
 * @example Another order of the examples in every epoch
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { permutation } from "@gasp/tensor";
 *
 * const order = (epoch: number) => permutation({ seed: 1, stream: "epoch", step: epoch }, 5);
 * assertEquals(order(0).toSorted(), Uint32Array.of(0, 1, 2, 3, 4));
 * assert(order(0).join() !== order(1).join());
 * ```
 *
 * @category Random numbers
 */
export function permutation(key: RandomKey, n: number): Uint32Array {
  const source = new WordSource(key);
  const order = new Uint32Array(checkSize(n)).map((_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + source.nextBelow(n - i);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
