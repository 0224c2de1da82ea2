/**
 * Reproducible random numbers, generated on the host.
 *
 * @module
 */
export { fnv1a } from "./fnv1a.ts";
export { philox, type Words2, type Words4 } from "./philox.ts";
export {
  permutation,
  randomBits,
  randomIntegers,
  type RandomKey,
  randomNormal,
  randomUniform,
} from "./random.ts";
