/**
 * Parsers that behave and misbehave, for the tests of the guarded worker.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/** The bytes doubled, and the argument. */
export function double(bytes: Uint8Array, argument: unknown): { doubled: Uint8Array; argument: unknown } {
  return { doubled: bytes.map((byte) => 2 * byte), argument };
}

/** Never ends. */
export function hang(): never {
  for (;;);
}

/** Fails as a library would. */
export function crash(): never {
  throw new TypeError("cannot read properties of undefined");
}

/** Fails as our readers do. */
export function refuse(): never {
  throw new DataError("The file has no fields: give another.");
}
