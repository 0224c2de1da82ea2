/**
 * Speed of sampling from an untrained generator.
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

/** Samples to time. */
export interface SampleRequest {
  /** Configuration of the generator; its weights are random. */
  readonly config: GaspConfig;
  /** Number of samples. */
  readonly count: number;
  /** Points along each axis. */
  readonly resolution: number;
  /** Number of timed runs, each of all samples. */
  readonly runs: number;
}

/** Results of sampling. A step is all samples once; there is no memory plan. */
export interface SampleReport extends Omit<BenchReport, "plannedBytes" | "compileSeconds"> {
  /** Number of points of each sample. */
  readonly points: number;
  /** Time of the first run, which compiles the programs. */
  readonly firstSeconds: number;
}

/**
 * Times sampling: from latents on the host to features on the host.
 *
 * @param request Samples to time.
 * @param device Measured device.
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

/** Number of multiply-adds of the function network per point. */
function networkWeights({ model }: GaspConfig): number {
  const sizes = functionSizes(model);
  return sizes.slice(1).reduce((sum, out, i) => sum + out * sizes[i]!, 0);
}
