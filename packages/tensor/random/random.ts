/**
 * Random arrays as pure functions of a key `(seed, stream, step)`, the same bytes on every machine: drawn on the
 * host from Philox 4×32-10, with no state to save. A longer array begins with the shorter one of the same key (a
 * permutation does not).
 *
 * @module
 */
import { fnv1a } from "./fnv1a.ts";
import { philox, type Words2, type Words4 } from "./philox.ts";
import { cosineAndSine, logarithm } from "./real_functions.ts";

/** Names one random sequence. */
export interface RandomKey {
  /** Seed of the run: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** What it is for: a name, or an integer from 0 to 2^31 - 1. Different streams are independent. */
  readonly stream: string | number;
  /** Which use of the stream: an integer from 0 to 2^53 - 1. */
  readonly step: number;
}

const WORD = 2 ** 32;
const NAMED = 0x80000000;

function checkInteger(what: string, value: number, low: number, high: number): number {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${what} must be an integer from ${low} to ${high}, got ${value}`);
}

/** FNV-1a of the UTF-8 bytes in the lower 31 bits; the top bit keeps names apart from numbers. */
function streamWord(stream: string | number): number {
  if (typeof stream === "number") return checkInteger("stream", stream, 0, NAMED - 1);
  return (fnv1a(new TextEncoder().encode(stream)) | NAMED) >>> 0;
}

/**
 * A key in words of 32 bits: the seed's lower and upper one, the step's lower and upper one, the stream.
 *
 * @param key Names a sequence.
 * @throws {RangeError} If the key is out of range.
 */
export function keyWords({ seed, stream, step }: RandomKey): [number, number, number, number, number] {
  checkInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger("step", step, 0, Number.MAX_SAFE_INTEGER);
  return [seed >>> 0, Math.floor(seed / WORD), step >>> 0, Math.floor(step / WORD), streamWord(stream)];
}

/** The words of a key's sequence, in order. */
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

  /** The next 32 random bits. */
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

  /** A number below `bound`, each equally likely: words in the last incomplete run of `bound` are drawn again. */
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
 * Random bits.
 *
 * @param key Names the sequence.
 * @param size Number of words.
 * @returns `[size]` unsigned 32-bit words.
 * @throws {RangeError} If the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomBits } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const key = { seed: 0, stream: "bits", step: 0 };
 * assertEquals(randomBits(key, 8).subarray(0, 4), randomBits(key, 4));
 * ```
 */
export function randomBits(key: RandomKey, size: number): Uint32Array {
  const source = new WordSource(key);
  return new Uint32Array(checkSize(size)).map(() => source.next());
}

/**
 * Standard normal numbers by the Box–Muller transform, in double precision, rounded at the end.
 *
 * @param key Names the sequence.
 * @param size How many.
 * @returns `[size]` numbers of mean 0 and variance 1, at most 6.66 in size.
 * @throws {RangeError} If the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomNormal, sum } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const values = randomNormal({ seed: 0, stream: "noise", step: 0 }, 10_000);
 * const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
 * assertAlmostEquals(mean, 0, 0.05);
 * ```
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

/** The largest f32 below a finite f32 that is above the smallest one. */
function justBelow(value: number): number {
  const bits = new Int32Array(new Float32Array([value]).buffer);
  const pattern = bits[0] ?? 0;
  bits[0] = value === 0 ? -0x7fffffff : pattern > 0 ? pattern - 1 : pattern + 1;
  return new Float32Array(bits.buffer)[0] ?? value;
}

/**
 * Numbers spread evenly over `low <= x < high`, from 24 random bits each.
 *
 * @param key Names the sequence.
 * @param size How many.
 * @param low Lower end, as f32.
 * @param high Upper end, as f32; it is not reached.
 * @returns `[size]` numbers.
 * @throws {RangeError} If the range is empty or not finite, or the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomUniform } from "@gasp/tensor";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const key = { seed: 0, stream: "noise", step: 3 };
 * const values = randomUniform(key, 100, -1, 1);
 * assert(values.every((value) => value >= -1 && value < 1));
 * assertEquals(randomUniform(key, 100, -1, 1), values);
 * ```
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
 * Integers from 0 to `bound - 1`, each equally likely.
 *
 * @param key Names the sequence.
 * @param size How many.
 * @param bound How many values there are: 1 to 2^32.
 * @returns `[size]` integers.
 * @throws {RangeError} If the bound, the key or the size is out of range.
 *
 * @example
 * ```ts
 * import { randomIntegers } from "@gasp/tensor";
 * import { assert } from "@std/assert";
 *
 * const dice = randomIntegers({ seed: 0, stream: "dice", step: 0 }, 100, 6);
 * assert(dice.every((value) => value < 6));
 * ```
 */
export function randomIntegers(key: RandomKey, size: number, bound: number): Uint32Array {
  checkInteger("bound", bound, 1, WORD);
  const source = new WordSource(key);
  return new Uint32Array(checkSize(size)).map(() => source.nextBelow(bound));
}

/**
 * A random order of `0 .. n-1`, each equally likely (Fisher–Yates).
 *
 * @param key Names the sequence.
 * @param n How many.
 * @returns `[n]` indices; the first k are a sample of k without replacement.
 * @throws {RangeError} If the key or n is out of range.
 *
 * @example
 * ```ts
 * import { permutation } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const order = permutation({ seed: 0, stream: "order", step: 0 }, 5);
 * assertEquals(order.toSorted(), Uint32Array.of(0, 1, 2, 3, 4));
 * ```
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
