/**
 * Whether several ranks train what one does: `mpirun -n 2 deno run -A tools/rank_agreement.ts [--steps 20] [--batch 16] [--moved 1] PRESET[@RESOLUTION]...`
 * prints the largest differences of losses and weights from a training on one rank, in a row of a Markdown table for each preset.
 *
 * Beside them stands the noise of one rank against itself: the same training with the examples of each batch in reverse order, and
 * `--moved` ones with each initial weight moved by a unit in the last place or not, at random. All are the same run but for rounding; a
 * training step amplifies rounding, since Adam's first steps have the length of the learning rate whatever the gradient is, and since the
 * authors' loss jumps from 16 to 100 where a probability rounds to 1.
 *
 * Data are waves of random direction. A resolution other than the preset's makes a step cheaper; networks keep their widths.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { methodOf, moveToDevice, presetOf, type RunConfig, TrainingProgram } from "@gasp/gasp";
import {
  type Communicator,
  disposeTree,
  openDevice,
  soloCommunicator,
  tensor,
  type Tree,
  treeMap,
  treePaths,
} from "@gasp/tensor";
import { parseArgs } from "@std/cli/parse-args";
import { coordinatesLike } from "../apps/cli/bench/noise.ts";
import type { Mpi } from "../apps/cli/mpi/open_mpi.ts";
import { endRanks, withRanks } from "../apps/cli/mpi/session.ts";
import { gatherValues } from "../apps/cli/mpi/share.ts";
import { print } from "../apps/cli/terminal/output.ts";

const HEAD =
  "| preset | points | batch | losses, ranks | losses, noise | weights, ranks | weights, noise | RMS, ranks | RMS, noise |\n" +
  `|${" --- |".repeat(9)}`;

/** Largest ratio of a difference between ranks to the noise: two draws of the same distribution, each a maximum. */
const MOST = 4;

/** A training: its losses, one per step and name, and its last weights and statistics by path. */
export interface Trained {
  readonly losses: readonly number[];
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** How a training differs from that of one rank. */
export interface Variant {
  /** The ranks that train together. Default: one. */
  readonly communicator?: Communicator;
  /** Whether the examples of a batch are in reverse order. */
  readonly isReversed?: boolean;
  /** Moves initial weights by at most one unit in the last place: a number for each choice of the weights. */
  readonly moved?: number;
}

/** Returns waves of random direction and phase, with the shapes of a configuration's data. */
function wavesLike(config: RunConfig, isReversed: boolean): Dataset {
  const { model: { coordinateDim, featureDim }, resolution, batchSize } = config;
  const coordinates = coordinatesLike(config, resolution), pointCount = coordinates.length / coordinateDim;
  const write = (item: number, features: Float32Array) => {
    for (let i = 0; i < features.length; i++) {
      const point = Math.floor(i / featureDim), channel = i % featureDim;
      let phase = 2.4 * item + channel;
      for (let axis = 0; axis < coordinateDim; axis++) {
        phase += 4 * Math.sin(item * (axis + 1.3)) * coordinates[point * coordinateDim + axis]!;
      }
      features[i] = Math.sin(phase);
    }
  };
  return {
    ...{ name: "waves", items: 10 * batchSize, coordinates, pointCount, coordinateDim, featureDim },
    display: { kind: "cloud", scales: [] },
    batch: (indices) => {
      const size = pointCount * featureDim, all = new Float32Array(indices.length * size);
      const items = isReversed ? Array.from(indices).reverse() : Array.from(indices);
      items.forEach((item, i) => write(item, all.subarray(i * size, (i + 1) * size)));
      return Promise.resolve(all);
    },
  };
}

/** Moves half of the weights by a unit in the last place. */
async function movedBy(state: Tree, choice: number): Promise<Tree> {
  const values = new Map<unknown, Float32Array>(), factor = 0x9e3779b1 + 2 * choice;
  const isMoved = (i: number) => (Math.imul(i + 1, factor) >>> 13) % 2 === 1;
  for (const [path, leaf] of treePaths(state)) {
    if (!/^(generator|discriminator)\//.test(path)) continue;
    const bits = new Int32Array(Float32Array.from(await leaf.data()).buffer);
    values.set(
      leaf,
      new Float32Array(bits.map((value, i) => isMoved(i) && value !== 0 ? value + 1 : value).buffer),
    );
  }
  return treeMap(state, (leaf) => values.has(leaf) ? tensor(values.get(leaf)!, leaf.shape) : leaf);
}

/**
 * Trains a configuration on waves.
 *
 * @param config Configuration; its batch is that of all ranks.
 * @param steps Number of steps.
 * @param variant How it differs from the training of one rank.
 */
export async function trained(
  config: RunConfig,
  steps: number,
  { communicator = soloCommunicator, isReversed = false, moved }: Variant = {},
): Promise<Trained> {
  await using device = await openDevice("wasm", { threads: 1 });
  const start = methodOf(config).initialState(config),
    initial = moved === undefined ? start : await movedBy(start, moved);
  const data = wavesLike(config, isReversed);
  const program = await TrainingProgram.prepare({ config, data, device, state: initial, communicator });
  let state = await moveToDevice(initial, device);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const result = await program.run(state, step);
    state = result.state;
    for (const loss of Object.values(result.losses)) losses.push((await loss.data())[0]!);
    disposeTree(result.losses);
  }
  const weights = new Map<string, Float32Array>();
  for (const [path, leaf] of treePaths(state)) {
    // Adam's moments are no weights, and follow their gradients' noise
    if (!/Adam\//.test(path)) weights.set(path, Float32Array.from(await leaf.data()));
  }
  disposeTree(state);
  await program.release();
  return { losses, weights };
}

/** Differences of a training from another one. */
export interface Difference {
  /** Largest difference of a loss, relative to the loss where that is above 1. */
  readonly losses: number;
  /** Largest difference of a weight or statistic, relative to the largest of its tensor. */
  readonly weights: number;
  /** Root mean square of the differences of all weights, relative to that of the weights. */
  readonly rms: number;
}

/** Compares two trainings. @param one A training. @param other Another one, of the same shapes. */
export function differenceOf(one: Trained, other: Trained): Difference {
  const losses = one.losses.map((loss, i) => Math.abs(loss - other.losses[i]!) / Math.max(1, Math.abs(loss)));
  let weights = 0, squares = 0, norm = 0;
  for (const [path, values] of one.weights) {
    const others = other.weights.get(path)!;
    let most = 0, scale = 0;
    values.forEach((value, i) => {
      const error = Math.abs(value - others[i]!);
      most = Math.max(most, error);
      scale = Math.max(scale, Math.abs(value));
      squares += error ** 2;
      norm += value ** 2;
    });
    if (scale > 0) weights = Math.max(weights, most / scale);
  }
  return { losses: Math.max(...losses), weights, rms: Math.sqrt(squares / norm) };
}

function largest(differences: readonly Difference[]): Difference {
  const most = (of: (one: Difference) => number) => Math.max(...differences.map(of));
  return {
    losses: most((one) => one.losses),
    weights: most((one) => one.weights),
    rms: most((one) => one.rms),
  };
}

/** Checks that ranks have the same bytes, by a checksum of all weights. */
async function requireSameBytes(communicator: Communicator, { weights }: Trained): Promise<void> {
  const sums: string[] = [];
  for (const [path, { buffer }] of weights) {
    const digest = await crypto.subtle.digest("SHA-256", buffer as ArrayBuffer);
    sums.push(`${path} ${new Uint8Array(digest).toHex()}`);
  }
  const [first, ...others] = await gatherValues(communicator, sums);
  for (const other of others) {
    const differing = first!.findIndex((sum, i) => other![i] !== sum);
    if (differing >= 0) throw new Error(`ranks have different bytes of ${first![differing]!.split(" ")[0]}`);
  }
}

/** Compares the ranks with one of them. @returns Whether they agree; on ranks other than the first, `true`. */
async function compare(
  config: RunConfig,
  steps: number,
  variants: readonly Variant[],
  communicator: Communicator,
): Promise<boolean> {
  const together = await trained(config, steps, { communicator });
  await requireSameBytes(communicator, together);
  if (communicator.rank > 0) return true;
  const alone = await trained(config, steps), noise: Difference[] = [];
  for (const variant of variants) {
    noise.push(differenceOf(alone, await trained(config, steps, variant)));
  }
  const found = differenceOf(alone, together), floor = largest(noise);
  const show = (value: number) => value.toExponential(1);
  const { preset, resolution, batchSize } = config,
    points = coordinatesLike(config, resolution).length / config.model.coordinateDim;
  const cells = (["losses", "weights", "rms"] as const).flatMap((
    key,
  ) => [show(found[key]), show(floor[key])]);
  print(`| \`${preset}\` | ${[points, batchSize, ...cells].join(" | ")} |`);
  return found.losses <= MOST * floor.losses && found.weights <= MOST * floor.weights &&
    found.rms <= MOST * floor.rms;
}

async function main(args: readonly string[], mpi: Mpi | undefined): Promise<number> {
  if (mpi === undefined) throw new Error("start it with mpirun -n 2");
  const { steps, batch, moved, _: presets } = parseArgs([...args], { string: ["steps", "batch", "moved"] });
  const choices = Array.from({ length: Number(moved ?? 1) }, (_, choice) => ({ moved: choice }));
  const { communicator } = mpi;
  print(HEAD);
  let agree = true;
  for (const name of presets.map(String)) {
    const [preset, resolution] = name.split("@"), base = presetOf(preset!);
    const config = {
      ...base,
      batchSize: Number(batch ?? 16),
      ...(resolution && { resolution: Number(resolution) }),
    };
    agree = await compare(config, Number(steps ?? 20), [{ isReversed: true }, ...choices], communicator) &&
      agree;
  }
  // The others have been waiting
  await communicator.barrier();
  return agree ? 0 : 1;
}

if (import.meta.main) {
  const choice = { ranks: "auto", "rank-timeout": 7200, "mpi-library": undefined };
  Deno.exit(
    await withRanks(choice, (mpi) => main(Deno.args, mpi)).catch(async (error) => {
      console.error(error);
      await endRanks(error, 1);
      return 1;
    }),
  );
}
