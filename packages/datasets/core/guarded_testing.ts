/**
 * Parsers that behave and misbehave, for the tests of the guarded worker.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "./data_error.ts";

/** The bytes doubled, and the argument. */
export function double(bytes: Uint8Array, argument: unknown): { doubled: Uint8Array; argument: unknown } {
  return { doubled: bytes.map((byte) => 2 * byte), argument };
}

/** Never ends. */
export function hang(): never {
  for (;;);
}

/** Ends after two seconds, busy all the time. */
export function linger(): void {
  for (const start = performance.now(); performance.now() - start < 2000;);
}

/** Fails as a library would. */
export function crash(): never {
  throw new TypeError("cannot read properties of undefined");
}

/** Fails as our readers do. */
export function refuse(): never {
  throw new DataError("The file has no fields: give another.");
}

/** Asks for memory as a library in WebAssembly does: 64 KiB, `pages` times. */
export function grow(_bytes: Uint8Array, pages: number): number {
  return new WebAssembly.Memory({ initial: 0 }).grow(pages);
}

/** The same by a library that goes on without. */
export function growOrIgnore(bytes: Uint8Array, pages: number): string {
  try {
    grow(bytes, pages);
  } catch {
    // As a library does that leaves out what it cannot hold.
  }
  return "half";
}

let calls = 0;

/** How often this worker was called; fails as after an error of a library where asked to. */
export function count(_bytes: Uint8Array, fails: boolean): number {
  calls++;
  if (fails) throw new DataError("The file is damaged.", { cause: new Error("odd") });
  return calls;
}

/** Asks for more memory than there is. */
export function wantMemory(): void {
  requireMemory({ purpose: "a wish", bytes: 2 ** 50 });
}
