/**
 * Sampling at any resolution: each latent is mapped to a function once, and functions are evaluated in chunks of points, so
 * that memory use on the device does not depend on the number of points.
 * @module
 */
import { atResolution, type Display, displayCoordinates } from "@gasp/datasets/display";
import { grad } from "@gasp/autograd";
import {
  compile,
  type Compiled,
  type Device,
  randomNormal,
  requireMemory,
  slice,
  sum,
  type Tensor,
  tensor,
  type Tree,
} from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { copyToDevice, moveToDevice } from "../state/placement.ts";
import { chunksOf, type FunctionPrograms, SampledFunctions } from "./sampled_functions.ts";

/**
 * Maximum sizes of a chunk.
 *
 * @category Sampling
 */
export interface ChunkSizes {
  /** Functions per chunk. */
  readonly latents: number;
  /** Points per chunk, over all functions. */
  readonly points: number;
}

const CHUNKS: ChunkSizes = { latents: 16, points: 65536 };

/**
 * Draws latents z ~ N(0, I), a pure function of the seed. For the same seed, a smaller count returns a prefix.
 *
 * @param seed Random seed.
 * @param count Number of samples.
 * @param latentDim Dimension of a latent.
 * @returns Standard normal, `[count, latentDim]`.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example More samples begin with the fewer ones of the same seed
 * ```ts
 * import { sampleLatents } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const two = sampleLatents(7, 2, 4), three = sampleLatents(7, 3, 4);
 * assertEquals(three.slice(0, 8), two);
 * ```
 *
 * @category Sampling
 */
export function sampleLatents(seed: number, count: number, latentDim: number): Float32Array {
  const bytes = (samples: number) => 4 * samples * latentDim;
  requireMemory({
    purpose: `a set of ${count} latents`,
    bytes: bytes(count),
    parameters: [{ name: "count", value: count, bytes }],
  });
  return randomNormal({ seed, stream: "samples", step: 0 }, count * latentDim);
}

/**
 * Draws samples of one generator on one device.
 *
 * @example Samples of a generator that was never trained, at three points
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0), sampler = new Sampler(generator, reference);
 * const points = Float32Array.of(0, 0, 0.5, 0.5, 1, 1);
 * const values = await sampler.sample(weights, sampleLatents(0, 2, generator.latentDim), points);
 * assertEquals(values.length, 2 * 3);
 * sampler.release();
 * ```
 *
 * @category Sampling
 */
export class Sampler {
  /** Generator of the samples. */
  readonly generator: FunctionGenerator;
  readonly #chunks: ChunkSizes;
  readonly #device: Device;
  readonly #onEvaluated: ((count: number) => void) | undefined;
  readonly #functions: Compiled<[Tree, Tensor], Tree>;
  readonly #programs: FunctionPrograms;

  /**
   * Constructs a sampler. Programs are compiled on first use.
   *
   * @param generator Generator to sample from, such as that of a checkpoint.
   * @param device Device to compute on.
   * @param chunks Maximum sizes of a chunk. Default: 16 latents, 65,536 points.
   * @param onEvaluated Called after each chunk with the number of points at which functions were evaluated, over all
   *   functions, to show progress.
   */
  constructor(
    generator: FunctionGenerator,
    device: Device,
    chunks: ChunkSizes = CHUNKS,
    onEvaluated?: (count: number) => void,
  ) {
    this.generator = generator;
    this.#device = device;
    this.#chunks = chunks;
    this.#onEvaluated = onEvaluated;
    this.#functions = compile(
      (weights: Tree, latents: Tensor) => generator.functions(weights, latents),
      { device },
    );
    const features = (functions: Tree, shared: Tree, coordinates: Tensor) =>
      generator.evaluate(functions, generator.encode(shared, coordinates), shared);
    this.#programs = {
      features: compile(features, { device }),
      gradient: compile((functions: Tree, shared: Tree, coordinates: Tensor) => {
        // A feature depends on its own point only, so the gradient of the sum contains the gradients at all points.
        const total = (at: Tensor) => {
          const values = features(functions, shared, at);
          return sum(slice(values, [0, 0, 0], [...values.shape.slice(0, 2), 1]));
        };
        return grad(total)(coordinates);
      }, { device }),
    };
  }

  /**
   * Evaluates the functions of latents at points.
   *
   * @param weights Weights of the generator, on the host or the device; they remain valid.
   * @param latents `[count, latentDim]`.
   * @param coordinates `[points, coordinateDim]`.
   * @returns Features in (-1, 1), `[count, points, featureDim]`.
   */
  async sample(weights: Tree, latents: Float32Array, coordinates: Float32Array): Promise<Float32Array> {
    const { latentDim, coordinateDim, featureDim } = this.generator;
    const size = (coordinates.length / coordinateDim) * featureDim;
    const output = new Float32Array((latents.length / latentDim) * size);
    for (const [first, count] of chunksOf(latents.length / latentDim, this.#chunks.latents)) {
      const chunk = latents.slice(first * latentDim, (first + count) * latentDim);
      const functions = await this.functions(weights, chunk);
      try {
        output.set(await functions.sample(coordinates), first * size);
      } finally {
        functions.release();
      }
    }
    return output;
  }

  /**
   * Maps latents to functions on the device, to be evaluated repeatedly.
   *
   * @param weights Weights of the generator; must remain valid as long as the functions are used.
   * @param latents `[count, latentDim]`; the functions of all of them must fit on the device.
   * @returns The functions; release them after use.
   */
  async functions(weights: Tree, latents: Float32Array): Promise<SampledFunctions> {
    const { generator } = this, count = latents.length / generator.latentDim;
    const functions = await this.#functions(weights, tensor(latents, [count, generator.latentDim]));
    const parts = { functions, shared: generator.shared(weights), count };
    return new SampledFunctions(parts, generator, this.#programs, this.#chunks.points, this.#onEvaluated);
  }

  /**
   * Copies weights to the device, for many calls of {@link sample}. Dispose of the result with `disposeTree()`.
   *
   * @param weights Weights of the generator, on the host.
   */
  async copyToDevice<T extends Tree>(weights: T): Promise<T> {
    return await copyToDevice(weights, this.#device);
  }

  /**
   * Moves weights to the device and disposes of the host tensors, which releases their memory immediately if the runtime
   * supports it.
   *
   * @param weights Weights of the generator, on the host; neither their arrays nor other views of the same buffers may be
   *   used afterwards.
   */
  async moveToDevice<T extends Tree>(weights: T): Promise<T> {
    return await moveToDevice(weights, this.#device);
  }

  /** Frees the programs. */
  release(): void {
    this.#functions.release();
    this.#programs.features.release();
    this.#programs.gradient.release();
  }
}

/**
 * Samples evaluated at the points of their display.
 *
 * @category Sampling
 */
export interface Samples {
  /** Features in (-1, 1), `[count, points, featureDim]`. */
  readonly values: Float32Array;
  /** Kind and size of each sample. */
  readonly display: Display;
  /** Coordinates of the points, `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
  /** Points of each sample, if each has its own: then coordinates are `[count, points, coordinateDim]`. */
  readonly points?: number;
}

/**
 * Arguments of {@link sampleForDisplay}.
 *
 * @category Sampling
 */
export interface DisplayRequest {
  /** Latents, `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** Display of the data. */
  readonly display: Display;
  /** Rows of an image or of the sphere, voxels along an axis, or samples of a curve; the aspect ratio of the data is kept. */
  readonly resolution: number;
  /** Points of samples without a grid (`cloud`), `[points, coordinateDim]`. */
  readonly coordinates?: Float32Array;
}

/**
 * Evaluates samples at the points of their display.
 *
 * @param sampler Sampler of the generator.
 * @param weights Weights of the generator.
 * @param request Latents, display and resolution.
 * @throws {RangeError} If the display has no grid and no coordinates are given.
 *
 * @example
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler, sampleForDisplay } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0), sampler = new Sampler(generator, reference);
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const latents = sampleLatents(0, 2, generator.latentDim);
 * const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution: 5 });
 * assertEquals(samples.values.length, 2 * 5 * 5);
 * sampler.release();
 * ```
 *
 * @category Sampling
 */
export async function sampleForDisplay(
  sampler: Sampler,
  weights: Tree,
  request: DisplayRequest,
): Promise<Samples> {
  const { latents, resolution } = request;
  const isCloud = request.display.kind === "cloud";
  const display = isCloud ? request.display : atResolution(request.display, resolution);
  const coordinates = (isCloud && request.coordinates) || displayCoordinates(display);
  const { coordinateDim, featureDim } = sampler.generator;
  return {
    values: await sampler.sample(weights, latents, coordinates),
    display,
    coordinates,
    coordinateDim,
    featureDim,
  };
}
