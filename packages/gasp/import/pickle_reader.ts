/**
 * The bytes of a pickle, read from the front with every length checked.
 * @module
 */
import { FileFormatError } from "@gasp/tensor";

const NEWLINE = 0x0a;

/** Bounds-checked little-endian numbers and texts, one after the other. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /**
   * Begins at the first byte.
   *
   * @param bytes A pickle.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Position of the next byte. */
  get position(): number {
    return this.#at;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** An unsigned byte. */
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Two unsigned bytes. */
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  /** Four unsigned bytes. */
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A signed number of four bytes. */
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** A double; pickles hold it with its first byte first. */
  f64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /**
   * A signed number of any length; beyond 2^53 as a bigint.
   *
   * @param length Its bytes, at most 255.
   */
  long(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i]!);
    const signed = BigInt.asIntN(8 * length, value), rounded = Number(signed);
    return Number.isSafeInteger(rounded) ? rounded : signed;
  }

  /**
   * UTF-8 text.
   *
   * @param length Its bytes.
   * @throws {FileFormatError} If it is not UTF-8.
   */
  text(length: number): string {
    const start = this.#take(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw new FileFormatError(`pickle: the text at byte ${start} is not UTF-8`);
    }
  }

  /** UTF-8 text up to the end of a line. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0) throw new FileFormatError(`pickle: the line that begins at byte ${this.#at} has no end`);
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /**
   * Passes over bytes.
   *
   * @param length How many.
   */
  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.left) {
      throw new FileFormatError(
        `pickle: ${length} bytes are wanted at byte ${start}, but ${this.left} are left: the file is cut short`,
      );
    }
    this.#at += length;
    return start;
  }
}
