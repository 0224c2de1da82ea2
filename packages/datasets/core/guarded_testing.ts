/**
 * Well-behaved and misbehaving parsers for the tests of the guarded worker.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "./data_error.ts";

/** Doubles the bytes, and returns the argument with them. */
export function double(bytes: Uint8Array, argument: unknown): { doubled: Uint8Array; argument: unknown } {
  return { doubled: bytes.map((byte) => 2 * byte), argument };
}

/** Never returns. */
export function hang(): never {
  for (;;);
}

/** Returns after a minute: later than any time limit of the tests, however slow the machine. */
export function linger(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
}

/** Throws as a library would. */
export function crash(): never {
  throw new TypeError("cannot read properties of undefined");
}

/** Throws as our readers do. */
export function refuse(): never {
  throw new DataError("The file has no fields: choose another.");
}

/** Grows a WebAssembly memory as a library does: by `pages` of 64 KiB. */
export function grow(_bytes: Uint8Array, pages: number): number {
  return new WebAssembly.Memory({ initial: 0 }).grow(pages);
}

/** The same for a library that ignores the failure. */
export function growOrIgnore(bytes: Uint8Array, pages: number): string {
  try {
    grow(bytes, pages);
  } catch {
    // Some libraries skip what does not fit.
  }
  return "half";
}

let calls = 0;

/** Counts the calls of this worker; throws as after a library's error if `fails`. */
export function count(_bytes: Uint8Array, fails: boolean): number {
  calls++;
  if (fails) throw new DataError("The file is damaged.", { cause: new Error("odd") });
  return calls;
}

/** Requires more memory than there is. */
export function exceedMemory(): void {
  requireMemory({ purpose: "a petabyte", bytes: 2 ** 50 });
}
