/**
 * Speed of sampling, by a generator that was not trained.
 * @module
 */
import {
  functionSizes,
  type GaspConfig,
  hypernetworkGenerator,
  initialGenerator,
  sampleLatents,
  Sampler,
} from "@gasp/gasp";
import { disposeTree, type KernelDevice, treeLeaves } from "@gasp/tensor";
import { coordinatesLike } from "./noise.ts";
import { peakOf } from "./peak.ts";
import { type BenchReport, residentBytes, time } from "./report.ts";

/** What is sampled. */
export interface SampleRequest {
  /** Whose generator; its weights are random. */
  readonly config: GaspConfig;
  /** Samples. */
  readonly count: number;
  /** Points along each axis. */
  readonly resolution: number;
  /** Timed runs, each of all samples. */
  readonly runs: number;
}

/** Figures of sampling; a step is all samples once, a plan is not made. */
export interface SampleReport extends Omit<BenchReport, "plannedBytes" | "compileSeconds"> {
  /** Points of each sample. */
  readonly points: number;
  /** Time of the first run, in which programs are compiled. */
  readonly firstSeconds: number;
}

/**
 * Times sampling: from latents on the host to features on the host.
 *
 * @param request What is sampled.
 * @param device Where.
 */
export async function benchSample(request: SampleRequest, device: KernelDevice): Promise<SampleReport> {
  const { config: { model, seed }, count, resolution, runs } = request;
  const coordinates = coordinatesLike(request.config, resolution);
  const points = coordinates.length / model.coordinateDim;
  const sampler = new Sampler(hypernetworkGenerator(model), device);
  const weights = await sampler.moveToDevice(initialGenerator(model, seed));
  const latents = sampleLatents(seed, count, model.latentDim);
  const sample = async () => {
    await sampler.sample(weights, latents, coordinates);
  };
  const start = performance.now();
  await sample();
  const firstSeconds = (performance.now() - start) / 1000;
  const timing = await time(runs, 0, sample);
  const peak = await peakOf(device);
  const hyperWeights = treeLeaves(weights.generator).reduce((sum, { size }) => sum + size, 0);
  const flop = 2 * count * (hyperWeights + points * networkWeights(request.config));
  disposeTree(weights);
  sampler.release();
  const gflopPerSecond = flop / timing.seconds / 1e9;
  return {
    device: `${device.info.kind} (${device.info.name})`,
    threads: device.info.threads,
    points,
    firstSeconds,
    secondsPerStep: timing.seconds,
    cpuSecondsPerStep: timing.cpuSeconds,
    gflopPerStep: flop / 1e9,
    gflopPerSecond,
    peakGflopPerSecond: peak,
    ratio: gflopPerSecond / peak,
    residentBytes: residentBytes(),
  };
}

/** Multiply-adds of the function network for one point. */
function networkWeights({ model }: GaspConfig): number {
  const sizes = functionSizes(model);
  return sizes.slice(1).reduce((sum, out, i) => sum + out * sizes[i]!, 0);
}
