/**
 * The error that every assertion throws.
 *
 * @module
 */

/** Thrown when an assertion does not hold. */
export class AssertionError extends Error {
  /** The name that is printed before the message. */
  override name = "AssertionError";

  /**
   * @param message What did not hold.
   * @param options May carry the `cause`.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
