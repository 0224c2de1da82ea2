import { localCommunicators } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { MeteredCommunicator } from "./metered.ts";

Deno.test("MeteredCommunicator passes calls on, and counts what a rank contributes", async () => {
  const ranks = localCommunicators(2).map((rank) => new MeteredCommunicator(rank));
  const sums = await Promise.all(ranks.map(async (rank) => {
    const values = new Float32Array(5).fill(rank.rank + 1);
    await Promise.all([rank.allReduce(values), rank.allGather(new Uint8Array(3)), rank.barrier()]);
    return values;
  }));
  assertEquals(sums, [new Float32Array(5).fill(3), new Float32Array(5).fill(3)]);
  for (const rank of ranks) {
    assertEquals(rank.bytes, 23);
    assert(rank.seconds >= 0);
    rank.reset();
    assertEquals([rank.bytes, rank.seconds], [0, 0]);
  }
});
