/**
 * Requests of the view Fit: targets to observe, and draws of the posterior.
 *
 * @module
 */
import { type Display, resolutionOf } from "@gasp/datasets/display";
import { type ObservedPoints, PosteriorSampler } from "@gasp/gasp/explore";
import type { Call, Handler } from "../../rpc/protocol.ts";
import { modelOf, type OpenModel } from "../core/models.ts";
import { computeDevice } from "../core/device.ts";
import { picturesOf } from "../core/draw.ts";
import { gridOf, samplesOn } from "../core/grids.ts";
import type { Pictures } from "../core/rgba.ts";

/** Rows, voxels or points along an axis of pictures of draws. */
const DRAWN: Readonly<Record<Display["kind"], number>> = {
  image: 56,
  volume: 24,
  sphere: 46,
  curve: 256,
  cloud: 48,
};
/** The same of what can be observed: no finer than the data, and than this. */
const OBSERVED: Readonly<Record<Display["kind"], number>> = { ...DRAWN, image: 64, sphere: 64, cloud: 32 };
/** Starts for one draw. The search has local minima, so of these the draws that agree best are kept. */
const STARTS = 2;

/** Observations of one function, and how to go on. */
export interface PosteriorCall {
  /** Reference of an open model. */
  readonly ref: string;
  /** Identifies the draws, which continue from call to call. */
  readonly id: string;
  /** Changes with the observations and the noise. */
  readonly revision: number;
  /** What is observed. */
  readonly observed: ObservedPoints;
  /** Standard deviation of the observations' errors, in features. */
  readonly noise: number;
  /** Number of draws. */
  readonly draws: number;
  /** Steps to go. */
  readonly steps: number;
}

/** Draws of the posterior as pictures. */
export interface PosteriorPictures {
  /** Draws, best first. */
  readonly draws: Pictures;
  /** Their mean. */
  readonly mean: Pictures;
  /** Their standard deviation: black for 0, white for 1 and above. */
  readonly spread: Pictures;
  /** Mean standard deviation of a feature. */
  readonly meanSpread: number;
  /** Latents of the draws, best first, `[draws, latentDim]`. */
  readonly latents: Float32Array;
}

interface Held {
  readonly model: OpenModel;
  readonly sampler: PosteriorSampler;
  readonly draws: number;
  revision: number | undefined;
}

/** Draws that are kept, by their identity; those of the latest calls. */
const held = new Map<string, Held>();
const KEPT = 3;
/** One call at a time: each changes the draws in place. */
let last: Promise<unknown> = Promise.resolve();

async function hold(id: string, ref: string, draws: number): Promise<Held> {
  const model = await modelOf(ref), before = held.get(id);
  if (before?.model === model && before.draws === draws) return before;
  const { sampler: { generator }, weights } = model;
  const device = await computeDevice();
  const sampler = new PosteriorSampler({ generator, weights, device, draws: STARTS * draws });
  const made: Held = { model, sampler, draws, revision: undefined };
  before?.sampler[Symbol.dispose]();
  held.delete(id);
  held.set(id, made);
  for (const [oldest, { sampler }] of held) {
    if (held.size <= KEPT) break;
    held.delete(oldest);
    sampler[Symbol.dispose]();
  }
  return made;
}

/** Continues the draws of a posterior, and draws them. */
export const posterior: Handler<PosteriorCall, PosteriorPictures> = (params, call) => {
  const result = last.then(() => continueDraws(params, call));
  last = result.catch(() => {});
  return result;
};

async function continueDraws(
  { id, ref, revision, observed, noise, draws, steps }: PosteriorCall,
  call: Call,
): Promise<PosteriorPictures> {
  const state = await hold(id, ref, draws), { sampler, weights, info } = state.model;
  if (state.revision !== revision) {
    await state.sampler.observe(observed, noise);
    state.revision = revision;
  }
  const { latents, losses } = await state.sampler.run(steps);
  call.signal.throwIfAborted();
  const sorted = bestOf(latents, losses, draws), grid = gridOf(info, DRAWN[info.display.kind]);
  const values = await sampler.sample(weights, sorted, grid.coordinates);
  const { mean, spread } = moments(values, draws);
  const samples = (values: Float32Array) => samplesOn(grid, info, values);
  return {
    draws: await picturesOf(samples(values)),
    mean: await picturesOf(samples(mean)),
    spread: await picturesOf(samples(spread.map((sd) => Math.min(1, sd) * 2 - 1))),
    meanSpread: spread.reduce((sum, sd) => sum + sd, 0) / spread.length,
    latents: sorted,
  };
}

/** Evaluates a sample of the prior on the grid of the data, as a function to observe. */
export const target: Handler<
  { readonly ref: string; readonly latent: Float32Array },
  { readonly values: Float32Array; readonly coordinates: Float32Array; readonly display: Display }
> = async ({ ref, latent }) => {
  const { sampler, weights, info } = await modelOf(ref), { kind } = info.display;
  const finest = kind === "cloud" ? Infinity : resolutionOf(info.display);
  const { display, coordinates } = gridOf(info, Math.min(OBSERVED[kind], finest));
  return { values: await sampler.sample(weights, latent, coordinates), coordinates, display };
};

/** The draws with the lowest losses, lowest first. */
function bestOf(latents: Float32Array, losses: Float32Array, count: number): Float32Array {
  const size = latents.length / losses.length, best = new Float32Array(count * size);
  const order = [...losses.keys()].sort((a, b) => losses[a]! - losses[b]!).slice(0, count);
  order.forEach((from, to) => best.set(latents.subarray(from * size, (from + 1) * size), to * size));
  return best;
}

/** Mean and standard deviation over the first axis. */
function moments(values: Float32Array, count: number): { mean: Float32Array; spread: Float32Array } {
  const size = values.length / count, mean = new Float32Array(size), spread = new Float32Array(size);
  for (let i = 0; i < values.length; i++) mean[i % size]! += values[i]! / count;
  for (let i = 0; i < values.length; i++) spread[i % size]! += (values[i]! - mean[i % size]!) ** 2 / count;
  return { mean, spread: spread.map(Math.sqrt) };
}
