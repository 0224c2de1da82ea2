/**
 * Philox 4×32-10 as expressions of the IR: identical to `random/philox.ts` on every device, since integers are exact.
 * @module
 */
import { binary, constant } from "./build.ts";
import type { Scalar } from "./kernel.ts";

/** Returns a 32-bit constant. */
export function word(value: number): Scalar {
  return constant("u32", value);
}

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;

const add = (a: Scalar, b: Scalar) => binary("add", a, b);
const mul = (a: Scalar, b: Scalar) => binary("mul", a, b);
const low = (a: Scalar) => binary("and", a, word(0xffff));
const high = (a: Scalar) => binary("shr", a, word(16));

/** Upper 32 bits of the product of a word and a constant, by 16-bit halves. */
function highProduct(a: Scalar, by: number): Scalar {
  const [aLow, aHigh, bLow, bHigh] = [low(a), high(a), word(by & 0xffff), word(by >>> 16)];
  const middle = add(mul(aHigh, bLow), high(mul(aLow, bLow)));
  const carry = add(low(middle), mul(aLow, bHigh));
  return add(add(mul(aHigh, bHigh), high(middle)), high(carry));
}

/**
 * One block of random bits.
 *
 * @param counter Which block: four words.
 * @param key Which sequence: two words.
 * @returns Four words.
 */
export function philoxWords(counter: readonly Scalar[], key: readonly Scalar[]): Scalar[] {
  let [c0, c1, c2, c3] = counter as [Scalar, Scalar, Scalar, Scalar];
  let [k0, k1] = key as [Scalar, Scalar];
  const xor = (a: Scalar, b: Scalar, c: Scalar) => binary("xor", binary("xor", a, b), c);
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, high1] = [highProduct(c0, MULTIPLIERS[0]), highProduct(c2, MULTIPLIERS[1])];
    const [low0, low1] = [mul(c0, word(MULTIPLIERS[0])), mul(c2, word(MULTIPLIERS[1]))];
    [c0, c1, c2, c3] = [xor(high1, c1, k0), low1, xor(high0, c3, k1), low0];
    [k0, k1] = [add(k0, word(WEYL[0])), add(k1, word(WEYL[1]))];
  }
  return [c0, c1, c2, c3];
}
