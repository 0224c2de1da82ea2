/**
 * Training leaves no buffer alive, and many steps take no more memory than few.
 * @module
 */
import { type Dataset, imageDataset } from "@gasp/datasets";
import { MemoryStore, resolveRunConfig, type RunConfig, train, type TrainEvents } from "@gasp/gasp";
import { type Device, isKernelDevice } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const SIZE = 5;
const data: Dataset = imageDataset("made up", {
  count: 20,
  height: SIZE,
  width: SIZE,
  channels: 1,
  pixels: new Uint8Array(20 * SIZE * SIZE).map((_, i) => (i * 97) % 256),
});

const tiny = (overrides: Partial<RunConfig>) => resolveRunConfig({ preset: "tiny", overrides });

const run = (target: Device, config: RunConfig, events: TrainEvents = {}) =>
  train({ config, data, device: target, store: new MemoryStore(), events });

// The helper checks that no buffer is left.
await deviceTest("train() with sheets and checkpoints frees all that it took", async (target) => {
  const config = tiny({ steps: 4, logEvery: 1, sampleEvery: 2, saveEvery: 2 });
  assertEquals(await run(target, config), { step: 4, finished: true });
});

await deviceTest("2,000 steps of train() take no more memory than the first", async (target) => {
  assert(isKernelDevice(target));
  const config = tiny({ steps: 2000, logEvery: 100, sampleEvery: 200, saveEvery: 200 });
  const live: [buffers: number, bytes: number][] = [];
  const resident: number[] = [];
  await run(target, config, {
    onStep: (step) => {
      if (step % 250 !== 1) return;
      live.push([target.liveBuffers, target.liveBytes]);
      resident.push(Deno.memoryUsage().rss);
    },
  });
  assertEquals(live.length, 8);
  for (const later of live.slice(1)) assertEquals(later, live[1]);
  const growth = resident.at(-1)! - resident[2]!;
  assert(growth < 64 * 2 ** 20, `the process grew by ${growth} bytes`);
}, ["wasm"]);
