/**
 * The FNV-1a hash, for checksums and for seeds from names; not cryptographic.
 * @module
 */

const OFFSET = 0x811c9dc5, PRIME = 0x01000193;

/**
 * Computes the 32-bit FNV-1a hash of bytes or 32-bit words. Each value is one step, so words hash differently from
 * their bytes; changing a single value changes the hash.
 *
 * @param values Bytes or words.
 * @param before Hash of the preceding values, to hash in parts. Default: none.
 * @returns Signed 32-bit integer.
 * @category Random numbers
 *
 * @example A hash in parts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fnv1a } from "@gasp/tensor";
 *
 * const whole = fnv1a([1, 2, 3]);
 * assertEquals(fnv1a([3], fnv1a([1, 2])), whole);
 * ```
 */
export function fnv1a(values: ArrayLike<number>, before: number = OFFSET): number {
  let hash = before;
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ values[i]!, PRIME);
  return hash;
}
