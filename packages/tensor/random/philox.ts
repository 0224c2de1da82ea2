/**
 * Philox 4×32-10, a counter-based random number generator: a keyed bijection of 128-bit counters, so that any block of
 * random bits can be computed directly.
 *
 * Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 *
 * @module
 */

/**
 * Four 32-bit words: a counter or a block of random bits.
 *
 * @category Random numbers
 */
export type Words4 = readonly [number, number, number, number];

/**
 * Two 32-bit words: a key.
 *
 * @category Random numbers
 */
export type Words2 = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Upper 32 bits of the product of two unsigned 32-bit numbers, by 16-bit halves. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = aHigh * bLow + Math.floor(aLow * bLow / 0x10000);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/**
 * Computes one block of random bits.
 *
 * @param counter Index of the block: four unsigned 32-bit words.
 * @param key Key of the sequence: two unsigned 32-bit words.
 * @returns Four unsigned 32-bit words.
 * @category Random numbers
 *
 * @example The first test vector of the Random123 library
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { philox } from "@gasp/tensor";
 *
 * const words = philox([0, 0, 0, 0], [0, 0]);
 * assertEquals(words, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
 * ```
 */
export function philox(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highProduct(MULTIPLIER_0, c0), low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = highProduct(MULTIPLIER_1, c2), low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}
