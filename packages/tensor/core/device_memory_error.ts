/**
 * The error of a device whose memory is full.
 * @module
 */

/** What frees memory, for the end of a message. */
const CURES =
  "call dispose() on tensors that are no longer needed or bind them with `using`, donate arguments that a " +
  "call may overwrite (donateArgnums), or use a smaller batch";

/** A device has no room for a buffer. What the garbage collector finds unused may still make room. */
export class DeviceMemoryError extends RangeError {
  /** @inheritdoc */
  override readonly name = "DeviceMemoryError";

  /** @param what What was asked for, and how much is in use. */
  constructor(what: string) {
    super(`${what}: ${CURES}`);
  }
}
