/**
 * The error thrown when the memory of a device is full.
 * @module
 */

/** How to free memory, appended to the message. */
const CURES =
  "call dispose() on tensors that are no longer needed or bind them with `using`, donate arguments that a " +
  "call may overwrite (donateArgnums), or use a smaller batch";

/**
 * A buffer does not fit into the memory of a device. Collecting garbage may still free enough.
 *
 * @category Memory
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { DeviceMemoryError, openDevice } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm", { threads: 1 });
 * assertThrows(() => device.allocate(2 ** 40), DeviceMemoryError, "use a smaller batch");
 * ```
 */
export class DeviceMemoryError extends RangeError {
  /** The name of the error. */
  override readonly name = "DeviceMemoryError";

  /**
   * Constructs the error; the message ends with how to free memory.
   *
   * @param what The request, and how much memory is in use.
   */
  constructor(what: string) {
    super(`${what}: ${CURES}`);
  }
}
