/**
 * Training on several ranks within one process: the run of one rank, up to the order of sums.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { MemoryStore, openNewestCheckpoint, type RunConfig, type RunStore, train } from "@gasp/gasp";
import { type Device, localCommunicators, openDevice, treePaths } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { data, tiny } from "./synthetic_images.ts";

/** A store that fails if a rank but the first one writes. */
class NoStore extends MemoryStore {
  override write(path: string): Promise<void> {
    throw new Error(`a rank other than the first one writes ${path}`);
  }
}

const openWasm = () => openDevice("wasm", { threads: 1 });

/** Trains a run on ranks; returns the losses of the last step and the elements of the state, of each rank's own view. */
async function trainOn(
  ranks: number,
  config: RunConfig,
  data: Dataset,
  { store = new MemoryStore(), resume = false, open = openWasm }: {
    readonly store?: RunStore;
    readonly resume?: boolean;
    readonly open?: () => Promise<Device>;
  } = {},
) {
  const losses = await Promise.all(
    localCommunicators(ranks).map(async (communicator) => {
      await using device = await open();
      const seen: Readonly<Record<string, number>>[] = [];
      await train({
        ...{ config, data, device, resume, communicator },
        store: communicator.rank === 0 ? store : new NoStore(),
        events: { onLosses: (_, values) => void seen.push(values) },
      });
      return seen;
    }),
  );
  for (const other of losses) assertEquals(other, losses[0]);
  const state = await (await openNewestCheckpoint(store))!.readState();
  const values = new Map<string, Float32Array>();
  for (const [path, leaf] of treePaths(state)) values.set(path, Float32Array.from(await leaf.data()));
  return { losses: losses[0]!, values, store };
}

type Run = Awaited<ReturnType<typeof trainOn>>;

/** Compares states by the largest difference relative to the largest element of each tensor. */
function assertSameRun(actual: Run, expected: Run, tolerance: number): void {
  assertEquals([...actual.values.keys()], [...expected.values.keys()]);
  for (const [path, wanted] of expected.values) {
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const error = wanted.reduce(
      (most, value, i) => Math.max(most, Math.abs(actual.values.get(path)![i]! - value)),
      0,
    );
    assert(error <= tolerance * scale, `${path} differs by ${error}, its largest element is ${scale}`);
  }
  expected.losses.forEach((losses, i) => {
    for (const [name, value] of Object.entries(losses)) {
      const error = Math.abs(actual.losses[i]![name]! - value);
      assert(error <= tolerance * Math.max(1, Math.abs(value)), `the loss ${name} differs by ${error}`);
    }
  });
}

for (const ranks of [2, 3]) {
  Deno.test(`${ranks} ranks train the preset tiny like one`, async () => {
    const config = tiny({ batchSize: 6, steps: 3, logEvery: 1 });
    assertSameRun(await trainOn(ranks, config, data), await trainOn(1, config, data), 2e-3);
  });
}
