/**
 * Values that one rank knows and the others need.
 * @module
 */
import type { Communicator } from "@gasp/tensor";

/**
 * Collects a value from each rank.
 *
 * @param communicator The ranks.
 * @param value Value of this rank, as JSON can hold it; `undefined`: none.
 * @returns The values of all ranks, in their order.
 */
export async function gatherValues<T>(
  communicator: Communicator,
  value: T | undefined,
): Promise<(T | undefined)[]> {
  const text = value === undefined ? "" : JSON.stringify(value);
  const all = await communicator.allGather(new TextEncoder().encode(text));
  return all.map((bytes) =>
    bytes.length === 0 ? undefined : JSON.parse(new TextDecoder().decode(bytes)) as T
  );
}

/**
 * Gives the value of rank 0 to all ranks.
 *
 * @param communicator The ranks.
 * @param value The value on rank 0, as JSON can hold it; ignored on the others.
 */
export async function fromFirstRank<T>(communicator: Communicator, value: T | undefined): Promise<T> {
  const [first] = await gatherValues(communicator, communicator.rank === 0 ? value : undefined);
  return first as T;
}
