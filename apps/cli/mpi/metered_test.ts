import { localCommunicators } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Exchange, MeteredCommunicator, secondsOfExchanges } from "./metered.ts";

Deno.test("MeteredCommunicator passes calls on, and records the exchanges of programs", async () => {
  const ranks = localCommunicators(2).map((rank) => new MeteredCommunicator(rank));
  const sums = await Promise.all(ranks.map(async (rank) => {
    const values = new Float32Array(5).fill(rank.rank + 1), rows = new Uint8Array(6).fill(rank.rank + 1);
    const gathered = rank.allGatherInPlace(rows), all = rank.allGather(new Uint8Array(3));
    await Promise.all([rank.allReduce(values), gathered, all, rank.barrier()]);
    return [values, rows];
  }));
  for (const sum of sums) assertEquals(sum, [new Float32Array(5).fill(3), Uint8Array.of(1, 1, 1, 2, 2, 2)]);
  for (const { exchanges } of ranks) {
    assertEquals(exchanges.map(({ kind, bytes }) => [kind, bytes]), [["allGather", 3], ["allReduce", 20]]);
    assert(exchanges.every(({ begin, end }) => begin <= end && end < Infinity));
  }
});

Deno.test("secondsOfExchanges() tells what ranks wait for each other from what the exchange takes", () => {
  const exchange = (begin: number, end: number): Exchange => ({ kind: "allReduce", bytes: 4, begin, end });
  const { underWay, skew, transfer } = secondsOfExchanges([
    [exchange(0, 110), exchange(100, 150), exchange(1000, 1020)],
    [exchange(100, 120), exchange(100, 160), exchange(1010, 1020)],
  ]);
  assertAlmostEquals(underWay, 0.17);
  // The first rank waits 100 ms and 10 ms, the second one never
  assertAlmostEquals(skew, 0.055);
  assertAlmostEquals(transfer, 0.02 + 0.06 + 0.01);
});
