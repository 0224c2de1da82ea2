import { localCommunicators, tensor, treeLeaves } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { anyRank, askRankZero, broadcastState, requireAgreement } from "./ranks.ts";

Deno.test("requireAgreement() names the value that differs, where it differs, on every rank", async () => {
  const long = "x".repeat(100);
  await Promise.all(
    localCommunicators(3).map(async (communicator) => {
      await requireAgreement(communicator, { "the version": "1", "the seed": "0" });
      const values = {
        "the version": "1",
        "the configuration": `${long}${communicator.rank === 2 ? "b" : "a"}`,
      };
      await assertRejects(
        () => requireAgreement(communicator, values),
        UserError,
        `the configuration is …${"x".repeat(20)}a… on rank 0, but …${"x".repeat(20)}b… on rank 2`,
      );
    }),
  );
});

Deno.test("askRankZero() runs on rank 0 alone, and tells all ranks its result or why it failed", async () => {
  let runs = 0;
  await Promise.all(
    localCommunicators(2).map(async (communicator) => {
      const answer = await askRankZero(communicator, () => Promise.resolve({ runs: ++runs }));
      assertEquals(answer, { runs: 1 });
      const message = communicator.rank === 0 ? "the disk is full" : "rank 0 failed: the disk is full";
      await assertRejects(
        () => askRankZero(communicator, () => Promise.reject(new Error("the disk is full"))),
        Error,
        message,
      );
    }),
  );
});

Deno.test("broadcastState() gives all ranks the state of rank 0, and leaves theirs as it was", async () => {
  await Promise.all(
    localCommunicators(2).map(async (communicator) => {
      const { rank } = communicator;
      const own = { step: tensor(Int32Array.of(rank + 5)), weights: [tensor([rank + 0.5, 2])] };
      const shared = await broadcastState(communicator, own);
      const values = await Promise.all(treeLeaves(shared).map((leaf) => leaf.data()));
      assertEquals(values, [Int32Array.of(5), Float32Array.of(0.5, 2)]);
      assertEquals(await own.step.data(), Int32Array.of(rank + 5));
    }),
  );
});

Deno.test("anyRank() is true on all ranks if it is on one", async () => {
  const answers = await Promise.all(
    localCommunicators(3).map(async (communicator) => [
      await anyRank(communicator, communicator.rank === 1),
      await anyRank(communicator, false),
    ]),
  );
  assertEquals(answers, [[true, false], [true, false], [true, false]]);
});
