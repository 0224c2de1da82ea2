/**
 * The error thrown when a single buffer is too large for a device.
 * @module
 */
import { showBytes } from "../memory/show_bytes.ts";

/**
 * A buffer that exceeds a limit.
 *
 * @category Devices
 */
export interface OversizedBuffer {
  /** Contents of the buffer, in the singular: `the result of gemm (scope layer1)`. Default: a buffer. */
  readonly what?: string;
  /** Bytes of the buffer. */
  readonly bytes: number;
  /** Name of the exceeded limit, in WebGPU's terms: `maxStorageBufferBindingSize`. */
  readonly limit: string;
  /** Value of the limit, in bytes. */
  readonly limitBytes: number;
}

/**
 * A buffer is larger than the device can bind. No other allocation affects this limit, so freeing memory does not help:
 * the tensor must be smaller.
 *
 * @category Memory
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BufferLimitError } from "@gasp/tensor";
 *
 * const error = new BufferLimitError({
 *   what: "the result of add",
 *   bytes: 2 ** 28,
 *   limit: "maxStorageBufferBindingSize",
 *   limitBytes: 2 ** 27,
 * });
 * assertEquals(
 *   error.message,
 *   "the result of add takes 256 MiB, but the limit maxStorageBufferBindingSize of this GPU is 128 MiB: " +
 *     "use a smaller batch or smaller layers",
 * );
 * ```
 */
export class BufferLimitError extends RangeError {
  /** The name of the error. */
  override readonly name = "BufferLimitError";

  /**
   * Constructs the error.
   *
   * @param buffer The buffer and the limit.
   */
  constructor(readonly buffer: OversizedBuffer) {
    const { what = "a buffer", bytes, limit, limitBytes } = buffer;
    super(
      `${what} takes ${showBytes(bytes)}, but the limit ${limit} of this GPU is ${showBytes(limitBytes)}: ` +
        "use a smaller batch or smaller layers",
    );
  }
}
