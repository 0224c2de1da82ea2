/**
 * How a rank learns that the work of all ranks has failed.
 * @module
 */

/** Thrown on a rank if another one has failed, which reports why: this one ends without a message. */
export class OtherRankError extends Error {
  /** Error name. */
  override readonly name: string = "OtherRankError";

  /**
   * Constructs an error.
   *
   * @param rank The rank that reports the failure.
   */
  constructor(readonly rank: number) {
    super(`rank ${rank} has failed, and reports why`);
  }
}
