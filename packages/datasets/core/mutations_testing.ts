/**
 * Damaged copies of files, for tests that readers return a result or throw a clear error.
 *
 * @module
 */

import { assert } from "@std/assert";
import { DataError } from "./data_error.ts";

/** Number of damaged files per test: the default, or the value of the environment variable `GASP_FUZZ`. */
export function fuzzRounds(standard: number): number {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return Number(process?.env?.["GASP_FUZZ"] ?? standard);
}

/** Bytes of numbers that break size arithmetic. */
const NASTY = [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0x80, 0, 0, 0], [
  1,
  0,
  0,
  0,
]];

/**
 * Yields copies of files with bytes changed, removed, inserted or cut off; a function of the seed.
 *
 * @param originals Files to damage.
 * @param count Number of copies.
 * @param seed Seed.
 * @param head Bytes at the beginning that are damaged most often, since they hold the structure.
 */
export function* mutations(
  originals: readonly Uint8Array[],
  count: number,
  seed: number,
  head: number = 400,
): Generator<Uint8Array> {
  // Tommy Ettinger's mulberry32: its low bits are as good as its high ones.
  let state = seed;
  const random = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  for (let round = 0; round < count; round++) {
    let bytes = originals[round % originals.length]!.slice();
    for (let edit = 0; edit <= random(3); edit++) {
      const at = random(random(4) === 0 ? bytes.length : Math.min(head, bytes.length));
      switch (random(6)) {
        case 0:
        case 1:
          bytes[at] = random(256);
          break;
        case 2:
          bytes[at] = bytes[at]! ^ (1 << random(8));
          break;
        case 3:
          bytes.set(NASTY[random(NASTY.length)]!.slice(0, bytes.length - at), at);
          break;
        case 4:
          bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1 + random(8)));
          break;
        default:
          bytes = Uint8Array.of(...bytes.subarray(0, at), random(256), ...bytes.subarray(at));
      }
      if (bytes.length === 0) break;
    }
    yield random(8) === 0 ? bytes.slice(0, random(bytes.length + 1)) : bytes;
  }
}

/**
 * Asserts that a reader returns or throws a {@link DataError} for each file, and does either for some.
 *
 * @param files Damaged files, as from {@link mutations}.
 * @param read Reads a file and checks the result.
 */
export async function assertReadOrRejected(
  files: Iterable<Uint8Array>,
  read: (bytes: Uint8Array) => unknown,
): Promise<void> {
  let accepted = 0, rejected = 0;
  for (const bytes of files) {
    try {
      await read(bytes);
      accepted++;
    } catch (error) {
      assert(error instanceof DataError, `file ${accepted + rejected}: ${error}`);
      rejected++;
    }
  }
  assert(accepted > 0 && rejected > 0, `${accepted} read, ${rejected} rejected`);
}
