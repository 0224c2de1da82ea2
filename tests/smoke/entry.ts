/**
 * Trains and samples in one call, without runtime-specific APIs. The tests run its bundle in Node and in browsers.
 *
 * @module
 */
import { mnistPackage } from "@gasp/datasets";
import {
  type LossValues,
  MemoryStore,
  openNewestCheckpoint,
  resolveRunConfig,
  sampleForDisplay,
  sampleLatents,
  Sampler,
  sheetOf,
  train,
} from "@gasp/gasp";
import { disposeTree, isKernelDevice, type KernelDevice, openDevice } from "@gasp/tensor";

/** Options of {@link runSmoke}. */
export interface SmokeOptions {
  /** Device for sampling; training is always on `wasm`. */
  readonly sampleOn?: "wasm" | "webgpu";
}

/** Results of {@link runSmoke}, as plain data that can be passed between processes and pages. */
export interface SmokeReport {
  /** Name of the training device. */
  readonly device: string;
  /** Number of its threads. */
  readonly threads: number;
  /** Name of the sampling device. */
  readonly sampler: string;
  /** Losses of every step. */
  readonly losses: readonly LossValues[];
  /** Samples, `[count, height, width]`. */
  readonly samples: readonly number[];
  /** Contact sheet of the samples, grey, `[height, width]`. */
  readonly sheet: { readonly height: number; readonly width: number; readonly pixels: readonly number[] };
  /** Number of leaked device buffers. */
  readonly liveBuffers: number;
}

/** Batch size that uses the worker threads; small programs run on the calling thread. */
const BATCH = 64;
/** Number of threads, fixed so that nothing depends on the number of cores. */
const THREADS = 2;

/** Sizes of the run and of its samples. */
export const SIZES = { steps: 10, samples: 4, resolution: 12 } as const;

/**
 * Trains the preset `tiny` on real digits for ten steps, and samples at another resolution.
 *
 * @param options Device for sampling.
 */
export async function runSmoke({ sampleOn = "wasm" }: SmokeOptions = {}): Promise<SmokeReport> {
  const config = resolveRunConfig({
    preset: "tiny",
    overrides: { steps: SIZES.steps, logEvery: 1, batchSize: BATCH },
  });
  const data = await mnistPackage(config.resolution);
  const store = new MemoryStore();
  const losses: LossValues[] = [];
  const trainer = await open("wasm");
  const events = { onLosses: (_: number, values: LossValues) => void losses.push(values) };
  await train({ config, data, device: trainer, store, events });
  const device = sampleOn === "wasm" ? trainer : await open(sampleOn);
  const images = await sampleNewest(store, device);
  const { height, width, pixels } = sheetOf(images);
  const devices = new Set([trainer, device]);
  const liveBuffers = [...devices].reduce((sum, { liveBuffers }) => sum + liveBuffers, 0);
  for (const each of devices) await each.close();
  return {
    device: trainer.info.name,
    threads: trainer.info.threads,
    sampler: device.info.name,
    losses,
    samples: [...images.values],
    sheet: { height, width, pixels: [...pixels] },
    liveBuffers,
  };
}

async function open(name: "wasm" | "webgpu"): Promise<KernelDevice> {
  const device = await openDevice(name, { threads: THREADS });
  if (!isKernelDevice(device)) throw new TypeError(`${name} is not a kernel device`);
  return device;
}

/** Samples the newest checkpoint of a store. */
async function sampleNewest(store: MemoryStore, device: KernelDevice) {
  const checkpoint = await openNewestCheckpoint(store);
  if (checkpoint === undefined) throw new Error("the run left no checkpoint");
  const { config: { seed }, generator, display } = checkpoint;
  const sampler = new Sampler(generator, device);
  const weights = await sampler.copyToDevice(await checkpoint.readWeights("ema"));
  const latents = sampleLatents(seed, SIZES.samples, generator.latentDim);
  const images = await sampleForDisplay(sampler, weights, { latents, display, resolution: SIZES.resolution });
  disposeTree(weights);
  sampler.release();
  return images;
}
