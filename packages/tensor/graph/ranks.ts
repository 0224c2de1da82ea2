/**
 * The ranks that a function is traced for: how many compute the program together, and which of them this is.
 * @module
 */
import { type Communicator, soloCommunicator } from "../device/communicator.ts";

/**
 * A rank among others.
 *
 * @category Compiler
 */
export type Rank = Pick<Communicator, "rank" | "size">;

let current: Rank = soloCommunicator;

/** Returns the ranks that the running function is traced for; one if there are no others. */
export function currentRanks(): Rank {
  return current;
}

/**
 * Runs a function whose operations belong to a program of several ranks. Calls can be nested.
 *
 * @param ranks The ranks.
 * @param body A synchronous function.
 * @returns Its result.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { allReduce, rankCount, tensor } from "@gasp/tensor";
 * import { runForRanks } from "@gasp/tensor/compiler";
 *
 * assertEquals(runForRanks({ rank: 0, size: 2 }, rankCount), 2);
 * assertEquals(runForRanks({ rank: 0, size: 2 }, () => allReduce(tensor([1]))).node.op, "allReduce");
 * ```
 */
export function runForRanks<T>(ranks: Rank, body: () => T): T {
  const outer = current;
  current = ranks;
  try {
    return body();
  } finally {
    current = outer;
  }
}
