import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Communicator } from "./communicator.ts";
import { localCommunicators } from "./local_communicators.ts";

const onAll = <T>(ranks: readonly Communicator[], run: (communicator: Communicator) => Promise<T>) =>
  Promise.all(ranks.map(run));

Deno.test("allReduce() sums over ranks in place, on every rank to the same bytes", async () => {
  const sums = await onAll(localCommunicators(3), async (communicator) => {
    const values = Float32Array.of(0.1 * communicator.rank, 1e8, -1);
    await communicator.allReduce(values);
    return values;
  });
  assertEquals(sums[0]!.subarray(1), Float32Array.of(3e8, -3));
  assertEquals(sums[1], sums[0]);
  assertEquals(sums[2], sums[0]);
});

Deno.test("broadcast() copies the bytes of the root", async () => {
  const copies = await onAll(localCommunicators(3), async (communicator) => {
    const bytes = Uint8Array.of(communicator.rank, 7);
    await communicator.broadcast(bytes, 2);
    return bytes;
  });
  assertEquals(copies, [0, 1, 2].map(() => Uint8Array.of(2, 7)));
});

Deno.test("allGather() returns arrays of any lengths in the order of the ranks", async () => {
  const all = await onAll(
    localCommunicators(3),
    (communicator) => communicator.allGather(new Uint8Array(communicator.rank).fill(communicator.rank)),
  );
  for (const arrays of all) assertEquals(arrays, [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(2, 2)]);
});

Deno.test("calls are matched by their order, however far one rank is ahead", async () => {
  const [first, second] = localCommunicators(2) as [Communicator, Communicator];
  const ahead = [Float32Array.of(1), Float32Array.of(10)], behind = [Float32Array.of(2), Float32Array.of(20)];
  const begun = [...ahead.map((values) => first.allReduce(values)), first.barrier()];
  for (const values of behind) await second.allReduce(values);
  await second.barrier();
  await Promise.all(begun);
  assertEquals([ahead, behind].map((lists) => lists.map(([value]) => value)), [[3, 30], [3, 30]]);
});

Deno.test("ranks that make different calls all learn of it", async () => {
  const [first, second] = localCommunicators(2) as [Communicator, Communicator];
  const calls = [first.allReduce(new Float32Array(2)), second.allReduce(new Float32Array(3))];
  for (const call of calls) {
    await assertRejects(
      () => call,
      Error,
      "rank 0 called allReduce of 2 values, rank 1 allReduce of 3 values",
    );
  }
  assertThrows(() => localCommunicators(0), RangeError, "at least one rank, got 0");
});
