/**
 * A bounds-checked sequential reader of pickle bytes.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";

const NEWLINE = 0x0a;

/** Reads little-endian numbers and strings sequentially, with bounds checks. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /**
   * Starts at the first byte.
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

  /** Number of remaining bytes. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads an unsigned 8-bit integer. */
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Reads an unsigned 16-bit integer. */
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  /** Reads an unsigned 32-bit integer. */
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Reads a signed 32-bit integer. */
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** Reads a double, which pickles store big-endian. */
  f64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /**
   * Reads a signed integer of any length; beyond 2^53 as a bigint.
   *
   * @param length Size in bytes, at most 255.
   */
  long(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i]!);
    const signed = BigInt.asIntN(8 * length, value), rounded = Number(signed);
    return Number.isSafeInteger(rounded) ? rounded : signed;
  }

  /**
   * Reads a UTF-8 string.
   *
   * @param length Size in bytes.
   * @throws {FileFormatError} If it is not UTF-8.
   */
  text(length: number): string {
    const start = this.#take(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw new FileFormatError(`pickle: the string at byte ${start} is not UTF-8`);
    }
  }

  /** Reads a UTF-8 string up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0) throw new FileFormatError(`pickle: the line that starts at byte ${this.#at} has no end`);
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /**
   * Skips bytes.
   *
   * @param length Number of bytes.
   */
  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.left) {
      throw new FileFormatError(
        `pickle: ${length} bytes are needed at byte ${start}, but only ${this.left} are left: the file is truncated`,
      );
    }
    this.#at += length;
    return start;
  }
}
