/**
 * Ranks: processes that compute one program together, each on its own part of a batch, as in MPI. This is all that the
 * devices know about them; a library, or promises within one process, may be behind it.
 * @module
 */

/**
 * Ranks that compute one program together, as in MPI. Every rank makes the same calls in the same order; calls are
 * matched by that order alone, also those begun before earlier ones have settled. A call should begin when it is made, so that
 * what it needs of this rank is on its way while the rank computes.
 *
 * @category Ranks
 */
export interface Communicator {
  /** Number of this rank, from 0. */
  readonly rank: number;
  /** Number of ranks, at least 1. */
  readonly size: number;
  /**
   * Sums values over all ranks, in place. All ranks receive the same bytes.
   *
   * @param values As many on every rank. They may lie in shared memory; do not touch them before the promise settles.
   */
  allReduce(values: Float32Array): Promise<void>;
  /**
   * Copies the bytes of one rank to all others, in place.
   *
   * @param bytes As many on every rank.
   * @param root The rank whose bytes are copied. Default: 0.
   */
  broadcast(bytes: Uint8Array, root?: number): Promise<void>;
  /**
   * Collects the bytes of all ranks on every rank.
   *
   * @param bytes Bytes of this rank; ranks may have different numbers of them.
   * @returns One array per rank, in their order.
   */
  allGather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /**
   * Completes an array of which each rank has one of equal parts, in place.
   *
   * @param bytes The parts of all ranks in their order, of which this rank has written its own. They may lie in shared memory;
   *   do not touch them before the promise settles.
   */
  allGatherInPlace(bytes: Uint8Array): Promise<void>;
  /** Resolves once every rank has called it. */
  barrier(): Promise<void>;
}

/**
 * The communicator of a program that runs alone: one rank, nothing to exchange.
 *
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { soloCommunicator } from "@gasp/tensor";
 *
 * const values = Float32Array.of(1, 2);
 * await soloCommunicator.allReduce(values); // the sum over one rank
 * assertEquals(values, Float32Array.of(1, 2));
 * ```
 */
export const soloCommunicator: Communicator = {
  rank: 0,
  size: 1,
  allReduce: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  allGather: (bytes) => Promise.resolve([bytes.slice()]),
  allGatherInPlace: () => Promise.resolve(),
  barrier: () => Promise.resolve(),
};
