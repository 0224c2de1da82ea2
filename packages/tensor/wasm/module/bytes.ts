/**
 * A growing byte array with the integer encodings of WebAssembly (LEB128).
 * @module
 */

/** A byte array that grows as it is appended to. */
export class Bytes {
  #data: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  #length = 0;

  /** Number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#data.length) return;
    const grown = new Uint8Array(Math.max(this.#data.length * 2, this.#length + extra));
    grown.set(this.#data.subarray(0, this.#length));
    this.#data = grown;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#data[this.#length++] = value;
  }

  /** Appends an unsigned integer below 2^32. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Appends a signed 32-bit integer; larger values are truncated to their low 32 bits. */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest >= 0x40) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Appends a 32-bit word, little endian. */
  word(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  /** Appends raw bytes. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#data.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends bytes prefixed by their length. */
  sized(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  /** Appends a name in UTF-8, prefixed by its length. */
  name(text: string): void {
    this.sized(new TextEncoder().encode(text));
  }

  /** Returns a copy of the bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length);
  }
}
