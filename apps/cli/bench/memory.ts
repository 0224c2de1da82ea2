/**
 * Memory of a discriminator step against the number of points (figure 8 of the paper).
 * @module
 */
import { adamStepSizes } from "@gasp/autograd";
import { gridCoordinates } from "@gasp/datasets";
import {
  discriminatorPhase,
  discriminatorTables,
  encodeCoordinates,
  GASP_BETAS,
  GASP_PRESETS,
  type GaspModel,
  gaspNetworks,
  type GaspState,
  initialState,
  type LayerConfig,
  type PointConvConfig,
  type StepInputs,
} from "@gasp/gasp";
import { type PointSet, pointSet, takeRows } from "@gasp/pointconv";
import {
  compile,
  disposeTree,
  type KernelDevice,
  openDevice,
  permutation,
  randomNormal,
  tensor,
  treeLeaves,
} from "@gasp/tensor";

const STANDARD = { points: [4096, 8192, 16_384, 32_768], batch: 4 };
const NEIGHBOURS = 27;

/** Memory at one number of points. */
export interface MemoryPoint {
  /** Number of points of each input of the discriminator. */
  readonly points: number;
  /** Peak bytes of the program as planned before it runs: temporaries, inputs and results. */
  readonly peakBytes: number;
  /** Bytes of those that do not depend on the points: parameters and their gradients. */
  readonly fixedBytes: number;
  /** Bytes allocated on the device after the step. */
  readonly heldBytes: number;
  /** Seconds of the fastest of three runs of the program. */
  readonly seconds: number;
}

/** Sizes of {@linkcode benchMemory}. */
export interface MemorySizes {
  /** Numbers of points, multiples of 512 up to 32³. */
  readonly points: readonly number[];
  /** Batch size. */
  readonly batch: number;
}

/** Memory against the number of points. */
export interface MemoryReport {
  /** Kind and name of the measured device. */
  readonly device: string;
  /** Batch size. */
  readonly batch: number;
  /** One entry for each number of points. */
  readonly series: readonly MemoryPoint[];
  /** Least-squares line `a + b · points` through the peaks: bytes, and bytes per point. */
  readonly fit: { readonly bytes: number; readonly bytesPerPoint: number };
  /** Largest deviation of a peak from that line, relative to the peak. */
  readonly largestDeviation: number;
}

/**
 * Runs a step of the voxel discriminator for increasing numbers of points of a 32³ grid.
 *
 * @param device Measured device.
 * @param onProgress Called with the fraction of the work done.
 * @param sizes Numbers of points and batch size.
 */
export async function benchMemory(
  device: KernelDevice,
  onProgress: (part: number) => void = () => {},
  { points: counts, batch }: MemorySizes = STANDARD,
): Promise<MemoryReport> {
  const series: MemoryPoint[] = [], total = counts.reduce((sum, points) => sum + points, 0);
  onProgress(0);
  for (const points of counts) {
    series.push(await measure(device, points, batch));
    onProgress(series.reduce((sum, { points }) => sum + points, 0) / total);
  }
  const fit = leastSquares(series.map(({ points, peakBytes }) => [points, peakBytes]));
  const deviation = ({ points, peakBytes }: MemoryPoint) =>
    Math.abs(fit.bytes + fit.bytesPerPoint * points - peakBytes) / peakBytes;
  return {
    device: `${device.info.kind} (${device.info.name})`,
    batch,
    series,
    fit,
    largestDeviation: Math.max(...series.map(deviation)),
  };
}

async function measure(device: KernelDevice, count: number, batch: number): Promise<MemoryPoint> {
  const model = modelFor(count), { training } = GASP_PRESETS["shapenet-voxels"];
  const networks = gaspNetworks(model, training);
  const state = initialState(model, training, 0);
  const points = subsetOf(count);
  const searchDevice = await openDevice("wasm", { threads: 1 });
  const tables = await discriminatorTables(points, model.discriminator, { device: searchDevice });
  await searchDevice.close();
  const { generatorAdam: _, discriminatorAdam: _moments, ...read } = state;
  const step = compile((read: Omit<GaspState, "generatorAdam" | "discriminatorAdam">, inputs: StepInputs) => {
    const coordinates = tensor(points.coordinates, [count, 3]);
    const { gradients, statistics, losses } = discriminatorPhase(networks, { ...state, ...read }, inputs, {
      encoding: encodeCoordinates(coordinates, read.frequencies),
      discriminator: networks.discriminator.points(coordinates, tables),
    });
    return { gradients, statistics, losses };
  }, { device });
  const inputs = inputsFor(model, count, batch);
  const { temporaryBytes, externalBytes } = await step.plan(read, inputs);
  const results = await step(read, inputs);
  const heldBytes = device.liveBytes;
  const fixedBytes = 4 * treeLeaves(read).reduce((sum, { size }) => sum + size, 0);
  disposeTree(results);
  const seconds = await bestSeconds(async () => {
    const again = await step(read, inputs);
    // Reading a loss waits for the device
    await again.losses.real.data();
    disposeTree(again);
  });
  step.release();
  return { points: count, peakBytes: temporaryBytes + externalBytes, fixedBytes, heldBytes, seconds };
}

/** Number of timed runs. */
const RUNS = 3;

/**
 * Returns the least time of several runs, which other programs disturb least.
 *
 * @param run What is timed.
 */
export async function bestSeconds(run: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now();
    await run();
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  return best;
}

/** The voxel discriminator with levels at K, K, K/8, K/64 and K/512 points. */
function modelFor(count: number): GaspModel & { readonly discriminator: PointConvConfig } {
  const levels = [count, count / 8, count / 64, count / 512];
  const neighbours = (level: number) => Math.min(NEIGHBOURS, levels[level]!);
  const conv = (channels: number, level: number): LayerConfig => {
    return { kind: "conv", channels, points: levels[level]!, neighbours: neighbours(level) };
  };
  const pool = (level: number): LayerConfig => {
    return { kind: "pool", points: levels[level]!, neighbours: neighbours(level - 1) };
  };
  const last: LayerConfig = { kind: "conv", channels: 1, points: 1, neighbours: neighbours(3) };
  const layers = [conv(32, 0), conv(64, 0), pool(1), conv(128, 1), pool(2), conv(256, 2), pool(3), last];
  const { model } = GASP_PRESETS["shapenet-voxels"];
  return { ...model, discriminator: { kind: "pointconv", norm: 2, layers } };
}

function subsetOf(count: number): PointSet {
  const grid = gridCoordinates([32, 32, 32]);
  const order = permutation({ seed: 0, stream: "points", step: 0 }, grid.length / 3);
  return pointSet(takeRows(grid, Int32Array.from(order.subarray(0, count)), 3), [count, 3]);
}

function inputsFor({ latentDim }: GaspModel, count: number, batch: number): StepInputs {
  const noise = (stream: string, shape: number[]) =>
    tensor(randomNormal({ seed: 0, stream, step: 0 }, shape.reduce((a, b) => a * b)), shape);
  return {
    real: noise("real", [batch, count, 1]),
    latentsDiscriminator: noise("first", [batch, latentDim]),
    latentsGenerator: noise("second", [batch, latentDim]),
    discriminatorStepSizes: adamStepSizes(1, 1e-4, GASP_BETAS),
    generatorStepSizes: adamStepSizes(1, 1e-4, GASP_BETAS),
  };
}

function leastSquares(pairs: readonly (readonly [number, number])[]): MemoryReport["fit"] {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const x = mean(pairs.map(([x]) => x)), y = mean(pairs.map(([, y]) => y));
  const slope = mean(pairs.map(([px, py]) => (px - x) * (py - y))) / mean(pairs.map(([px]) => (px - x) ** 2));
  return { bytes: y - slope * x, bytesPerPoint: slope };
}
