/**
 * The FNV-1a hash: a checksum and a way to turn names into numbers, not a cryptographic hash.
 * @module
 */

const OFFSET = 0x811c9dc5, PRIME = 0x01000193;

/**
 * FNV-1a over bytes or 32-bit words, in 32 bits. Each value is one step of the hash, so the words of some bytes have another
 * hash than the bytes; any single changed value changes it.
 *
 * @param values Bytes or words.
 * @param before The hash of what comes before them, to hash in parts. Default: nothing comes before.
 * @returns A signed 32-bit integer.
 */
export function fnv1a(values: ArrayLike<number>, before: number = OFFSET): number {
  let hash = before;
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ values[i]!, PRIME);
  return hash;
}
