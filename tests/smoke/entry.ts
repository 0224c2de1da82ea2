/**
 * Training and sampling in one call, with nothing that only one runtime has. Bundled to one module, it is what the tests
 * run in Node and in browsers.
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

/** What {@link runSmoke} takes. */
export interface SmokeOptions {
  /** Device that samples; training is always on `wasm`. */
  readonly sampleOn?: "wasm" | "webgpu";
}

/** What {@link runSmoke} tells: plain data, so that it can leave a process or a page. */
export interface SmokeReport {
  /** Name of the device that trained. */
  readonly device: string;
  /** Its threads. */
  readonly threads: number;
  /** Name of the device that sampled. */
  readonly sampler: string;
  /** Losses of every step. */
  readonly losses: readonly LossValues[];
  /** Samples, `[count, height, width]`. */
  readonly samples: readonly number[];
  /** The samples as one grey picture, `[height, width]`. */
  readonly sheet: { readonly height: number; readonly width: number; readonly pixels: readonly number[] };
  /** Buffers of the devices that were not freed. */
  readonly liveBuffers: number;
}

/** Enough work in a step for the worker threads: little programs run on the calling thread. */
const BATCH = 64;
/** Asked for everywhere, so that nothing depends on the number of cores. */
const THREADS = 2;

/** Sizes of the run and of its samples. */
export const SIZES = { steps: 10, samples: 4, resolution: 12 } as const;

/**
 * Trains ten steps of the preset `tiny` on real digits, and samples at a resolution that it was not trained at.
 *
 * @param options Where to sample.
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
  const target = await openDevice(name, { threads: THREADS });
  if (!isKernelDevice(target)) throw new TypeError(`${name} is not a device`);
  return target;
}

/** Samples from the newest checkpoint, as a program would that did not train it. */
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
