/**
 * Training leaks no buffers, and its memory does not grow with the number of steps.
 *
 * @module
 */
import { MemoryStore, type RunConfig, train, type TrainEvents } from "@gasp/gasp";
import { type Device, isKernelDevice } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deviceTest } from "./devices.ts";
import { data, tiny } from "./synthetic_images.ts";

const run = (device: Device, config: RunConfig, events: TrainEvents = {}) =>
  train({ config, data, device, store: new MemoryStore(), events });

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

// deviceTest() checks for leaked buffers.
await deviceTest("train() with sheets and checkpoints frees all memory", async (device) => {
  const config = tiny({ steps: 4, logEvery: 1, sampleEvery: 2, saveEvery: 2 });
  assertEquals(await run(device, config), { step: 4, finished: true });
});

await deviceTest("train() needs no more memory for 2,000 steps than for the first", async (device) => {
  assert(isKernelDevice(device));
  const config = tiny({ steps: 2000, logEvery: 100, sampleEvery: 200, saveEvery: 200 });
  const live: [buffers: number, bytes: number][] = [];
  const resident: number[] = [];
  await run(device, config, {
    onStep: (step) => {
      if (step % 250 !== 1) return;
      live.push([device.liveBuffers, device.liveBytes]);
      collectGarbage();
      resident.push(Deno.memoryUsage().rss);
    },
  });
  assertEquals(live.length, 8);
  for (const later of live.slice(1)) assertEquals(later, live[1]);
  const growth = resident.at(-1)! - resident[2]!;
  assert(growth < 32 * 2 ** 20, `the process grew by ${growth} bytes`);
}, ["wasm"]);
