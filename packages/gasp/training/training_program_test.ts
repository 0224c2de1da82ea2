import { type Dataset, gridCoordinates } from "@gasp/datasets";
import {
  type Device,
  disposeTree,
  MemoryError,
  openDevice,
  randomUniform,
  type Tree,
  treeLeaves,
} from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SubsetConfig } from "../methods/core/subset.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import { gasp } from "../methods/gasp/gasp.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import type { GaspState } from "../methods/gasp/state.ts";
import { TrainingProgram } from "./training_program.ts";

const ITEMS = 8, SIDE = 8, POINTS = SIDE * SIDE;

/** Noise on an 8 × 8 grid, or at separate points for each item. */
function noise(own?: (item: number) => Float32Array): Dataset {
  const values = randomUniform({ seed: 2, stream: "data", step: 0 }, ITEMS * POINTS, -1, 1);
  const rows = (indices: ArrayLike<number>, row: (item: number) => Float32Array) =>
    Promise.resolve(Float32Array.from(Array.from(indices, (item) => [...row(item)]).flat()));
  return {
    name: "noise",
    items: ITEMS,
    coordinates: gridCoordinates([SIDE, SIDE]),
    pointCount: POINTS,
    coordinateDim: 2,
    featureDim: 1,
    display: { kind: "image", height: SIDE, width: SIDE, channels: 1 },
    batch: (indices) => rows(indices, (item) => values.subarray(item * POINTS, (item + 1) * POINTS)),
    ...(own && { batchCoordinates: (indices) => rows(indices, own) }),
  };
}

function config(subset?: SubsetConfig, seed = 0): GaspConfig {
  const { tiny } = GASP_PRESETS;
  return {
    ...tiny,
    seed,
    resolution: SIDE,
    training: { ...tiny.training, ...(subset && { subset }) },
    model: {
      ...tiny.model,
      discriminator: {
        kind: "pointconv",
        norm: 2,
        layers: [
          { kind: "conv", channels: 3, points: 25, neighbours: 9 },
          { kind: "pool", points: 6, neighbours: 9 },
          { kind: "conv", channels: 1, points: 1, neighbours: 6 },
        ],
      },
    },
  };
}

/** Losses of all steps, followed by the parameters of the discriminator after the last. */
async function run(
  settings: GaspConfig,
  data: Dataset,
  device: Device,
  steps: number,
  memoryLimit?: number,
): Promise<number[]> {
  let state: Tree = gasp.initialState(settings);
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  const program = await TrainingProgram.prepare({ config: settings, data, device, state, ...limit });
  const results: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { state: next, losses } = await program.run(state, step);
    state = next;
    for (const loss of Object.values(losses)) results.push((await loss.data())[0]!);
    disposeTree(losses);
  }
  for (const leaf of treeLeaves((state as GaspState).discriminator)) results.push(...await leaf.data());
  disposeTree(state);
  await program.release();
  assert(results.every(Number.isFinite));
  return results;
}

const device = await openDevice("wasm", { threads: 1 });

for (const choose of ["uniform", "blue-noise", "balanced"] as const) {
  Deno.test(`TrainingProgram trains on a ${choose} subset of the points, determined by the seed`, async () => {
    const settings = config({ count: 25, choose });
    const first = await run(settings, noise(), device, 3);
    assertEquals(await run(settings, noise(), device, 3), first);
    assert((await run(config({ count: 25, choose }, 1), noise(), device, 3))[0] !== first[0]);
  });
}

Deno.test("TrainingProgram detects that items share coordinates", async () => {
  const shared = await run(config(), noise(), device, 2);
  const copied = await run(config(), noise(() => gridCoordinates([SIDE, SIDE])), device, 2);
  const largest = Math.max(...shared.map(Math.abs));
  // Capacities for distinct offsets differ, so sums are split differently
  copied.forEach((value, i) =>
    assert(Math.abs(value - shared[i]!) < 2e-3 * largest, `${value} is not ${shared[i]}`)
  );
  // One set of weight nets and Fourier features serves all examples: it is evaluated for no more than its own offsets.
  const [few, copies] = [await flopOf(noise()), await flopOf(noise(() => gridCoordinates([SIDE, SIDE])))];
  assert(copies < 1.2 * few, `${copies} operations, ${few} where items are known to share coordinates`);
});

/** Operations of a step. */
async function flopOf(data: Dataset): Promise<number> {
  const settings = config(), state = gasp.initialState(settings);
  const program = await TrainingProgram.prepare({ config: settings, data, device, state });
  const { flop } = (await program.plan(state))!;
  await program.release();
  return flop;
}

Deno.test("TrainingProgram trains on items with separate points", async () => {
  const own = (item: number) => randomUniform({ seed: 3, stream: "points", step: item }, POINTS * 2, -1, 1);
  const first = await run(config(), noise(own), device, 2);
  assertEquals(await run(config(), noise(own), device, 2), first);
  const subset = await run(config({ count: 30, choose: "uniform" }), noise(own), device, 2);
  assert(subset[0] !== first[0]);
});

Deno.test("TrainingProgram rejects a subset with fewer points than a layer needs", async () => {
  const settings = config({ count: 20, choose: "uniform" }), state = gasp.initialState(settings);
  await assertRejects(
    () => TrainingProgram.prepare({ config: settings, data: noise(), device, state }),
    RangeError,
    "a layer of 25 points needs at least as many inputs, got 20",
  );
});

Deno.test("TrainingProgram computes the same numbers within a memory limit, and suggests one that suffices", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  const settings = config(), data = noise(), state = gasp.initialState(settings);
  const planWithin = async (memoryLimit = Infinity) => {
    const request = { config: settings, data, device, state, memoryLimit };
    const program = await TrainingProgram.prepare(request);
    try {
      const plan = await program.plan(state);
      return plan!.temporaryBytes + plan!.externalBytes;
    } finally {
      await program.release();
    }
  };
  const all = await planWithin(), limit = Math.floor(0.9 * all);
  assert(await planWithin(limit) <= limit);
  assertEquals(await run(settings, data, device, 3, limit), await run(settings, data, device, 3));
  const { shortage } = await assertRejects(() => planWithin(1000), MemoryError, "the limit is 1000 bytes");
  const [{ name, value: suggested } = { name: "", value: 0 }] = shortage.fitting;
  assertEquals(name, "memoryLimit");
  assert(suggested < all && await planWithin(suggested) <= suggested);
  await device.close();
});

Deno.test("TrainingProgram trains a discriminator that reads positions", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  const settings = config(), { model } = settings;
  const discriminator = { ...model.discriminator, positions: true };
  const placed = { ...settings, model: { ...model, discriminator } };
  const first = gasp.initialState(placed).discriminator["layers.0.linear.weight"]!;
  assertEquals(first.shape, [3, 3 * 16]);
  const [with_, without] = [await run(placed, noise(), device, 2), await run(settings, noise(), device, 2)];
  assert(with_.every(Number.isFinite));
  assert(with_[0] !== without[0]);
  await device.close();
});
