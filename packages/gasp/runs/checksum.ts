/**
 * Checksums of tensors: FNV-1a over their 32-bit words.
 * @module
 */
import { fnv1a } from "@gasp/tensor";

/** An incremental checksum: blocks are added one after another. */
export class Checksum {
  #hash: number | undefined;

  /** Adds a block. @param data Elements, hashed as 32-bit words, so that any changed bit changes the checksum. */
  add(data: Float32Array): this {
    this.#hash = fnv1a(new Uint32Array(data.buffer, data.byteOffset, data.length), this.#hash);
    return this;
  }

  /** Returns the checksum as eight hexadecimal digits. */
  toString(): string {
    return ((this.#hash ?? fnv1a([])) >>> 0).toString(16).padStart(8, "0");
  }
}
