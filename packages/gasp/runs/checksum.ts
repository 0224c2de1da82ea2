/**
 * Checksums of tensors: FNV-1a over their 32-bit words.
 * @module
 */
import { fnv1a } from "@gasp/tensor";

/** A checksum in the making, so that blocks are added one after the other. */
export class Checksum {
  #hash: number | undefined;

  /** Adds numbers. @param data They are read as 32-bit words, so that any changed bit changes the sum. */
  add(data: Float32Array): this {
    this.#hash = fnv1a(new Uint32Array(data.buffer, data.byteOffset, data.length), this.#hash);
    return this;
  }

  /** Eight hexadecimal digits. */
  toString(): string {
    return ((this.#hash ?? fnv1a([])) >>> 0).toString(16).padStart(8, "0");
  }
}
