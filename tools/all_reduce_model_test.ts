import { methodOf, resolveRunConfig, TrainingProgram } from "@gasp/gasp";
import { disposeTree, ELEMENT_BYTES, localCommunicators, openDevice } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { MeteredCommunicator } from "../apps/cli/mpi/metered.ts";
import { data } from "../tests/synthetic_images.ts";
import { exchangesOf, measuredSteps, secondsOf } from "./all_reduce_model.ts";

Deno.test("measuredSteps() reads the steps of docs/performance.md", async () => {
  const steps = measuredSteps(await Deno.readTextFile(new URL("../docs/performance.md", import.meta.url)));
  assert(steps.some(({ preset, batch, seconds }) => preset === "celebahq64" && batch === 8 && seconds > 0));
});

Deno.test("secondsOf() adds latencies and bytes over the link", () => {
  const link = { name: "test", latency: 1, bandwidth: 4 };
  // 12 bytes: two messages between two ranks, each of half; among four, six of a ring or four of a tree, of 3/4 twice
  assertAlmostEquals(secondsOf([{ kind: "allReduce", size: 3 }], 2, link), 2 + 12 / 4);
  assertAlmostEquals(secondsOf([{ kind: "allReduce", size: 3 }], 4, link), 4 + 18 / 4);
  assertAlmostEquals(secondsOf([{ kind: "allGather", size: 3 }], 4, link), 2 + 36 / 4);
});

Deno.test("exchangesOf() lists what a step exchanges", async () => {
  const config = resolveRunConfig({ preset: "tiny" }), ranks = 2;
  const exchanges = await exchangesOf(config, ranks);
  assert(exchanges.length > 0);
  const exchanged = await Promise.all(
    localCommunicators(ranks).map(async (rank) => {
      const communicator = new MeteredCommunicator(rank);
      await using device = await openDevice("wasm", { threads: 1 });
      const state = methodOf(config).initialState(config);
      const program = await TrainingProgram.prepare({ config, data, device, state, communicator });
      const result = await program.run(state, 0);
      disposeTree(result);
      await program.release();
      return communicator.exchanges.reduce((sum, { bytes }) => sum + bytes, 0);
    }),
  );
  const bytes = ELEMENT_BYTES * exchanges.reduce((sum, { size }) => sum + size, 0);
  assertEquals(exchanged, [bytes, bytes]);
});
