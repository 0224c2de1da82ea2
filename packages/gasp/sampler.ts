/**
 * Samples at any resolution: each latent becomes a function once, the function is evaluated at the points chunk by
 * chunk, so that a device holds no more for many points than for few.
 * @module
 */
import { atResolution, type Display, displayCoordinates } from "@gasp/datasets";
import type { NamedTensors } from "@gasp/pointconv";
import {
  compile,
  type Compiled,
  evaluate,
  randomNormal,
  type Target,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
} from "@gasp/tensor";
import { encodeCoordinates } from "./fourier.ts";
import { functionNetwork } from "./function_network.ts";
import { hypernetwork } from "./hypernetwork.ts";
import { contactSheet, type Image, imageOfValues } from "./image/mod.ts";
import type { ModelConfig } from "./model_config.ts";
import type { GeneratorWeights } from "./state_record.ts";

/** Functions, and points, that a device works on at a time. */
export interface ChunkSizes {
  /** Functions. */
  readonly latents: number;
  /** Points of each. */
  readonly points: number;
}

const CHUNKS: ChunkSizes = { latents: 16, points: 4096 };

/** The affine layers of some functions. */
type Functions = { readonly weight: Tensor; readonly bias: Tensor }[];
/** Coordinates `[points, dimension]`, and frequencies if the model has them. */
type Places = { readonly coordinates: Tensor; readonly frequencies?: Tensor };

/**
 * The latents of samples: a function of the seed. More samples begin with the fewer ones of the same seed.
 *
 * @param seed Seed.
 * @param count Number of samples.
 * @param latentDim Numbers of a latent.
 * @returns Standard normal, `[count, latentDim]`.
 */
export function sampleLatents(seed: number, count: number, latentDim: number): Float32Array {
  return randomNormal({ seed, stream: "samples", step: 0 }, count * latentDim);
}

/** Makes samples of one model on one device. */
export class Sampler {
  readonly #model: ModelConfig;
  readonly #target: Target;
  readonly #chunks: ChunkSizes;
  readonly #functions: Compiled<[NamedTensors, Tensor], Functions>;
  readonly #features: Compiled<[Functions, Places], Tensor>;

  /**
   * Compiles nothing yet.
   *
   * @param model The networks.
   * @param target Where to compute.
   * @param chunks How much at a time.
   */
  constructor(model: ModelConfig, target: Target, chunks: ChunkSizes = CHUNKS) {
    this.#model = model;
    this.#target = target;
    this.#chunks = chunks;
    this.#functions = compile(
      (weights: NamedTensors, latents: Tensor) =>
        hypernetwork(weights, model, latents).map(({ weight, bias }) => ({ weight, bias })),
      { device: target },
    );
    this.#features = compile(
      (functions: Functions, { coordinates, frequencies }: Places) =>
        functionNetwork(encodeCoordinates(coordinates, frequencies), functions),
      { device: target },
    );
  }

  /**
   * Evaluates the functions of some latents at some points.
   *
   * @param weights The generator; tensors on the device stay as they are.
   * @param latents `[count, latentDim]`.
   * @param coordinates `[points, coordinateDim]`.
   * @returns Features in (-1, 1), `[count, points, featureDim]`.
   */
  async sample(
    weights: GeneratorWeights,
    latents: Float32Array,
    coordinates: Float32Array,
  ): Promise<Float32Array> {
    const { latentDim, coordinateDim, featureDim } = this.#model;
    const points = coordinates.length / coordinateDim;
    const output = new Float32Array((latents.length / latentDim) * points * featureDim);
    for (const [first, count] of chunksOf(latents.length / latentDim, this.#chunks.latents)) {
      const some = latents.slice(first * latentDim, (first + count) * latentDim);
      const functions = await this.#functions(weights.generator, tensor(some, [count, latentDim]));
      const chunk = { functions, frequencies: weights.frequencies };
      await this.#fill(output.subarray(first * points * featureDim), chunk, count, coordinates, points);
      dispose(functions);
    }
    return output;
  }

  /** Evaluates `count` functions at all points, into the start of `output`. */
  async #fill(
    output: Float32Array,
    { functions, frequencies }: { readonly functions: Functions; readonly frequencies: Tensor | undefined },
    count: number,
    coordinates: Float32Array,
    points: number,
  ): Promise<void> {
    const { coordinateDim, featureDim } = this.#model;
    for (const [first, size] of chunksOf(points, this.#chunks.points)) {
      const some = coordinates.slice(first * coordinateDim, (first + size) * coordinateDim);
      const places = {
        coordinates: tensor(some, [size, coordinateDim]),
        ...(frequencies && { frequencies }),
      };
      const features = await this.#features(functions, places);
      const data = await features.data();
      features.dispose();
      const row = size * featureDim;
      for (let i = 0; i < count; i++) {
        output.set(data.subarray(i * row, (i + 1) * row), (i * points + first) * featureDim);
      }
    }
  }

  /**
   * Brings weights to the device, for many calls of {@link sample}. Dispose of the result with {@link dispose}.
   *
   * @param weights The generator on the host.
   */
  async place(weights: GeneratorWeights): Promise<GeneratorWeights> {
    const generator = await evaluate(weights.generator, this.#target);
    const frequencies = weights.frequencies && await evaluate(weights.frequencies, this.#target);
    return { generator, frequencies };
  }

  /** Frees the programs. */
  release(): void {
    this.#functions.release();
    this.#features.release();
  }
}

/**
 * Starts and sizes of chunks of one size, so that one program serves all: the last one begins earlier, over the end of
 * the one before, where the total is no multiple.
 */
function* chunksOf(total: number, largest: number): Generator<[first: number, size: number]> {
  const size = Math.min(total, largest);
  for (let first = 0; first < total; first += size) yield [Math.min(first, total - size), size];
}

/**
 * Frees concrete tensors.
 *
 * @param tree Tensors.
 */
export function dispose(tree: Tree): void {
  for (const leaf of treeLeaves(tree)) leaf.dispose();
}

/** Samples at the points at which they are shown. */
export interface Samples {
  /** Features in (-1, 1), `[count, points, featureDim]`. */
  readonly values: Float32Array;
  /** Size and kind of each. */
  readonly display: Display;
}

/**
 * Samples at the points at which they are shown.
 *
 * @param sampler Of the model.
 * @param weights The generator.
 * @param options Which samples, at which resolution: rows of a picture or of the sphere, points along an axis, times. The
 *   proportions of the data stay.
 */
export async function sampleShown(
  sampler: Sampler,
  weights: GeneratorWeights,
  options: { readonly latents: Float32Array; readonly display: Display; readonly resolution: number },
): Promise<Samples> {
  const display = atResolution(options.display, options.resolution);
  const values = await sampler.sample(weights, options.latents, displayCoordinates(display));
  return { values, display };
}

/**
 * One sample as a picture.
 *
 * @param samples A single sample.
 */
export function pictureOf({ values, display }: Samples): Image {
  if (display.kind !== "image") throw new RangeError(`samples of kind ${display.kind} make no picture yet`);
  return imageOfValues(values, display);
}

/**
 * A sheet of samples.
 *
 * @param samples Samples.
 * @param columns Samples in a row; by default about as many as rows.
 */
export function sheetOf({ values, display }: Samples, columns?: number): Image {
  if (display.kind !== "image") throw new RangeError(`samples of kind ${display.kind} make no sheet yet`);
  const { height, width, channels } = display;
  return contactSheet(values, { height, width, channels, ...(columns === undefined ? {} : { columns }) });
}
