/**
 * Ranks within one process: what a program on many machines computes, on one and without a library.
 * @module
 */
import type { Communicator } from "./communicator.ts";

/** What one rank brought to a call, and how it learns of the result. */
interface Arrival {
  readonly call: string;
  readonly bytes: Uint8Array;
  readonly resolve: (all: readonly Uint8Array[]) => void;
  readonly reject: (error: Error) => void;
}

/** A call that not every rank has made yet, by rank. */
type Meeting = (Arrival | undefined)[];

/**
 * Creates communicators for ranks within this process, such as several devices in one test.
 *
 * @param size Number of ranks, at least 1.
 * @returns One communicator per rank, in their order.
 * @throws {RangeError} If there would be no rank. A call that another rank matched with a different one, or with
 *   another number of values, rejects on all ranks.
 * @category Ranks
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { localCommunicators } from "@gasp/tensor";
 *
 * const ranks = localCommunicators(3);
 * const values = ranks.map(({ rank }) => Float32Array.of(rank, 1));
 * await Promise.all(ranks.map((communicator, i) => communicator.allReduce(values[i]!)));
 * assertEquals(values, [0, 1, 2].map(() => Float32Array.of(3, 3)));
 * ```
 */
export function localCommunicators(size: number): Communicator[] {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`there must be at least one rank, got ${size}`);
  }
  const meetings: Meeting[] = [];
  const made = Array.from({ length: size }, () => 0);
  let closed = 0;

  /** Brings bytes to the next call of a rank; resolves with those of all ranks once all have come. */
  const meet = (rank: number, call: string, bytes: Uint8Array) =>
    new Promise<readonly Uint8Array[]>((resolve, reject) => {
      const at = made[rank]!++ - closed;
      const meeting = meetings[at] ??= Array.from({ length: size });
      meeting[rank] = { call, bytes, resolve, reject };
      while (meetings[0]?.every((arrival) => arrival)) {
        closed++;
        settle(meetings.shift() as Arrival[]);
      }
    });

  return Array.from({ length: size }, (_, rank): Communicator => ({
    rank,
    size,
    async allReduce(values) {
      // A copy, since the ranks that finish first write over their values
      const own = bytesOf(values.slice());
      const all = await meet(rank, `allReduce of ${values.length} values`, own);
      const terms = all.map((bytes) => new Float32Array(bytes.buffer));
      for (let i = 0; i < values.length; i++) values[i] = terms.reduce((sum, term) => sum + term[i]!, 0);
    },
    async broadcast(bytes, root = 0) {
      const all = await meet(rank, `broadcast of ${bytes.length} bytes from rank ${root}`, bytes.slice());
      bytes.set(all[root]!);
    },
    async allGather(bytes) {
      const all = await meet(rank, "allGather", bytes.slice());
      return all.map((part) => part.slice());
    },
    async allGatherInPlace(bytes) {
      const length = bytes.length / size, own = bytes.slice(rank * length, (rank + 1) * length);
      const all = await meet(rank, `allGatherInPlace of ${bytes.length} bytes`, own);
      all.forEach((part, other) => bytes.set(part, other * length));
    },
    async barrier() {
      await meet(rank, "barrier", new Uint8Array());
    },
  }));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function settle(arrivals: readonly Arrival[]): void {
  const [first] = arrivals;
  const other = arrivals.findIndex(({ call }) => call !== first!.call);
  for (const { resolve, reject } of arrivals) {
    if (other < 0) resolve(arrivals.map(({ bytes }) => bytes));
    else {
      reject(
        new Error(
          `rank 0 called ${first!.call}, rank ${other} ${arrivals[other]!.call}: ` +
            "all ranks must make the same calls in the same order",
        ),
      );
    }
  }
}
