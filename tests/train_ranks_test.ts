/**
 * Training on several ranks within one process: the run of one rank, up to the order of sums.
 * @module
 */
import { type Dataset, imageDataset } from "@gasp/datasets";
import {
  MemoryStore,
  methodNames,
  openNewestCheckpoint,
  resolveRunConfig,
  type RunConfig,
  type RunStore,
  train,
  UserError,
} from "@gasp/gasp";
import { type Communicator, type Device, localCommunicators, openDevice, treePaths } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { testDevices } from "./devices.ts";
import { data, tiny, wavesFor } from "./synthetic_images.ts";

/** A store of a rank that has no business with files. */
class NoFiles extends MemoryStore {
  override write(path: string): Promise<void> {
    throw new Error(`a rank other than the first one writes ${path}`);
  }
}

const openWasm = () => openDevice("wasm", { threads: 1 });

interface Options {
  readonly store?: RunStore;
  readonly resume?: boolean;
  readonly open?: () => Promise<Device>;
  readonly signalOf?: (communicator: Communicator) => AbortSignal | undefined;
}

/** Trains a run on ranks within this process. @returns What each has logged, and what rank 0 has saved. */
async function trainOn(ranks: number, config: RunConfig, data: Dataset, options: Options = {}) {
  const { store = new MemoryStore(), resume = false, open = openWasm, signalOf } = options;
  const losses = await Promise.all(
    localCommunicators(ranks).map(async (communicator) => {
      await using device = await open();
      const seen: Readonly<Record<string, number>>[] = [], signal = signalOf?.(communicator);
      await train({
        ...{ config, data, device, resume, communicator },
        store: communicator.rank === 0 ? store : new NoFiles(),
        events: { onLosses: (_, values) => void seen.push(values) },
        ...(signal && { signal }),
      });
      return seen;
    }),
  );
  for (const other of losses) assertEquals(other, losses[0], "ranks log different losses");
  const checkpoint = (await openNewestCheckpoint(store))!;
  const values = new Map<string, Float32Array>();
  for (const [path, leaf] of treePaths(await checkpoint.readState())) {
    values.set(path, Float32Array.from(await leaf.data()));
  }
  return { losses: losses[0]!, values, store, step: checkpoint.step };
}

type Run = Awaited<ReturnType<typeof trainOn>>;

/** Biases that a batch norm cancels, and its mean: their gradient is 0, and Adam steps by the sign of its noise. */
const CANCELLED = /params\/decoder\/(input|blocks\/\d+\/(first|second))\/bias|statistics\/\d+\/mean/;

/** Compares states by the largest difference relative to the largest element of each tensor, and losses. */
function assertSameRun(actual: Run, expected: Run, tolerance: number): void {
  assertEquals([...actual.values.keys()], [...expected.values.keys()]);
  for (const [path, wanted] of expected.values) {
    if (CANCELLED.test(path)) continue;
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const error = wanted.reduce(
      (most, value, i) => Math.max(most, Math.abs(actual.values.get(path)![i]! - value)),
      0,
    );
    assert(error <= tolerance * scale, `${path} differs by ${error}, its largest element is ${scale}`);
  }
  assertEquals(actual.losses.length, expected.losses.length);
  expected.losses.forEach((losses, i) => {
    for (const [name, value] of Object.entries(losses)) {
      const error = Math.abs(actual.losses[i]![name]! - value);
      assert(error <= tolerance * Math.max(1, Math.abs(value)), `the loss ${name} differs by ${error}`);
    }
  });
}

/** Adam's first steps have the length of the rate whatever the gradient is, so that noise of a gradient near 0 shows. */
const TOLERANCE = 5e-3;

const settings = { batchSize: 6, steps: 2, logEvery: 1 };
for (const method of methodNames()) {
  Deno.test(`2 ranks train ${method} like one`, async () => {
    const config = resolveRunConfig({ preset: "tiny", method, overrides: settings });
    const set = wavesFor(method);
    assertSameRun(await trainOn(2, config, set), await trainOn(1, config, set), TOLERANCE);
  });
}

Deno.test("3 ranks train subsets that depend on the whole batch like one", async () => {
  const subset = { count: 25, choose: "balanced" } as const;
  const base = tiny(settings), config = { ...base, training: { ...base.training, subset } } as RunConfig;
  assertSameRun(await trainOn(3, config, data), await trainOn(1, config, data), TOLERANCE);
});

Deno.test("2 ranks train items with points of their own like one", async () => {
  const own: Dataset = {
    ...data,
    batchCoordinates: (indices: ArrayLike<number>) =>
      Promise.resolve(
        Float32Array.from(
          Array.from(indices).flatMap((item) => Array.from(data.coordinates, (x) => x * (1 - item / 50))),
        ),
      ),
  };
  const config = tiny(settings);
  assertSameRun(await trainOn(2, config, own), await trainOn(1, config, own), TOLERANCE);
});

Deno.test("2 ranks train digits like one", async () => {
  const config = resolveRunConfig({
    preset: "digits",
    overrides: { ...settings, batchSize: 4, resolution: 28 },
  });
  const size = 28, items = 8;
  const images = imageDataset("drawn", {
    ...{ count: items, height: size, width: size, channels: 1 },
    pixels: new Uint8Array(items * size ** 2).map((_, i) =>
      127 + 127 * Math.sin(i * (1 + Math.floor(i / 784)) / 50)
    ),
  });
  assertSameRun(await trainOn(2, config, images), await trainOn(1, config, images), TOLERANCE);
});

for (const { kind, open, missing } of await testDevices()) {
  if (kind !== "webgpu") continue;
  Deno.test({
    name: `2 ranks train like one on webgpu${missing ? `: ${missing}` : ""}`,
    ignore: missing !== undefined,
    async fn() {
      const config = tiny({ ...settings, batchSize: 4 });
      assertSameRun(
        await trainOn(2, config, data, { open }),
        await trainOn(1, config, data, { open }),
        TOLERANCE,
      );
    },
  });
}

Deno.test("a run goes on with another number of ranks", async () => {
  const config = tiny({ ...settings, steps: 3 }), whole = await trainOn(1, config, data);
  let parts: Run | undefined;
  for (const [i, ranks] of [2, 1, 3].entries()) {
    const options: Options = parts ? { store: parts.store, resume: true } : {};
    parts = await trainOn(ranks, { ...config, steps: i + 1 }, data, options);
  }
  assertEquals(parts!.step, 3);
  assertSameRun({ ...parts!, losses: [] }, { ...whole, losses: [] }, TOLERANCE);
});

Deno.test("a rank that is told to stop stops all, with a checkpoint", async () => {
  const stopped = await trainOn(2, tiny({ ...settings, steps: 1000 }), data, {
    signalOf: ({ rank }) => rank === 1 ? AbortSignal.abort() : undefined,
  });
  assertEquals(stopped.step, 0);
});

Deno.test("ranks with different configurations all end with the field that differs", async () => {
  await Promise.all(
    localCommunicators(2).map(async (communicator) => {
      await using device = await openWasm();
      const config = tiny({ ...settings, seed: communicator.rank });
      await assertRejects(
        () => train({ config, data, device, communicator, store: new MemoryStore() }),
        UserError,
        "on rank 0, but ",
      );
    }),
  );
});

Deno.test("a batch that cannot be divided among the ranks is refused with one that can", async () => {
  const error = await assertRejects(() => trainOn(3, tiny({ ...settings, batchSize: 4 }), data), UserError);
  assertEquals(
    error.message,
    'a batch of 4 cannot be divided among 3 ranks: set "batchSize" to 3 or 6, or start another number of ranks',
  );
});

Deno.test("what fails on rank 0 ends all ranks", async () => {
  const results = await Promise.allSettled(
    localCommunicators(2).map(async (communicator) => {
      await using device = await openWasm();
      const store = new NoFiles();
      return await train({ config: tiny(settings), data, device, communicator, store });
    }),
  );
  const messages = results.map((result) => result.status === "rejected" ? result.reason.message : "finished");
  assertEquals(messages, [
    "a rank other than the first one writes config.json",
    "rank 0 failed: a rank other than the first one writes config.json",
  ]);
});
