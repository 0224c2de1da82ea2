/**
 * Samples at any resolution: each latent becomes a function once, the function is evaluated at the points chunk by
 * chunk, so that a device holds no more for many points than for few.
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

/** How much a device works on at a time. */
export interface ChunkSizes {
  /** Functions. */
  readonly latents: number;
  /** Points of all functions together. */
  readonly points: number;
}

const CHUNKS: ChunkSizes = { latents: 16, points: 65536 };

/**
 * The latents of samples: a function of the seed. More samples begin with the fewer ones of the same seed.
 *
 * @param seed Seed.
 * @param count Number of samples.
 * @param latentDim Numbers of a latent.
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
 */
export function sampleLatents(seed: number, count: number, latentDim: number): Float32Array {
  const bytes = (some: number) => 4 * some * latentDim;
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
 */
export class Sampler {
  /** The generator. */
  readonly generator: FunctionGenerator;
  readonly #chunks: ChunkSizes;
  readonly #device: Device;
  readonly #functions: Compiled<[Tree, Tensor], Tree>;
  readonly #programs: FunctionPrograms;

  /**
   * Compiles nothing yet.
   *
   * @param generator What draws samples: that of a checkpoint, say.
   * @param device Where to compute.
   * @param chunks How much at a time.
   */
  constructor(generator: FunctionGenerator, device: Device, chunks: ChunkSizes = CHUNKS) {
    this.generator = generator;
    this.#device = device;
    this.#chunks = chunks;
    this.#functions = compile(
      (weights: Tree, latents: Tensor) => generator.functions(weights, latents),
      { device },
    );
    const features = (functions: Tree, shared: Tree, coordinates: Tensor) =>
      generator.evaluate(functions, generator.encode(shared, coordinates), shared);
    this.#programs = {
      features: compile(features, { device }),
      gradient: compile((functions: Tree, shared: Tree, coordinates: Tensor) => {
        // A feature depends on no point but its own, so the slope of the sum holds the slopes of all.
        const total = (at: Tensor) => {
          const values = features(functions, shared, at);
          return sum(slice(values, [0, 0, 0], [...values.shape.slice(0, 2), 1]));
        };
        return grad(total)(coordinates);
      }, { device }),
    };
  }

  /**
   * Evaluates the functions of some latents at some points.
   *
   * @param weights The generator's; tensors on the device stay as they are.
   * @param latents `[count, latentDim]`.
   * @param coordinates `[points, coordinateDim]`.
   * @returns Features in (-1, 1), `[count, points, featureDim]`.
   */
  async sample(weights: Tree, latents: Float32Array, coordinates: Float32Array): Promise<Float32Array> {
    const { latentDim, coordinateDim, featureDim } = this.generator;
    const size = (coordinates.length / coordinateDim) * featureDim;
    const output = new Float32Array((latents.length / latentDim) * size);
    for (const [first, count] of chunksOf(latents.length / latentDim, this.#chunks.latents)) {
      const some = latents.slice(first * latentDim, (first + count) * latentDim);
      const functions = await this.functions(weights, some);
      try {
        output.set(await functions.sample(coordinates), first * size);
      } finally {
        functions.release();
      }
    }
    return output;
  }

  /**
   * The functions of some latents, to be evaluated again and again.
   *
   * @param weights The generator's; tensors on the device stay as they are. They must live as long as the functions.
   * @param latents `[count, latentDim]`, not more than a device holds at a time.
   * @returns The functions; release them when done.
   */
  async functions(weights: Tree, latents: Float32Array): Promise<SampledFunctions> {
    const { generator } = this, count = latents.length / generator.latentDim;
    const functions = await this.#functions(weights, tensor(latents, [count, generator.latentDim]));
    const parts = { functions, shared: generator.shared(weights), count };
    return new SampledFunctions(parts, generator, this.#programs, this.#chunks.points);
  }

  /**
   * Brings weights to the device, for many calls of {@link sample}. Dispose of the result with `disposeTree()`.
   *
   * @param weights The generator's, on the host.
   */
  async place<T extends Tree>(weights: T): Promise<T> {
    return await copyToDevice(weights, this.#device);
  }

  /**
   * {@link copyToDevice}, and the end of the weights on the host: their memory is free at once, where the runtime can do that.
   *
   * @param weights The generator's, on the host; nothing else may use their arrays, or others in their buffers, any more.
   */
  async move<T extends Tree>(weights: T): Promise<T> {
    return await moveToDevice(weights, this.#device);
  }

  /** Frees the programs. */
  release(): void {
    this.#functions.release();
    this.#programs.features.release();
    this.#programs.gradient.release();
  }
}

/** Samples at the points at which they are shown. */
export interface Samples {
  /** Features in (-1, 1), `[count, points, featureDim]`. */
  readonly values: Float32Array;
  /** Size and kind of each. */
  readonly display: Display;
  /** Where the points lie, `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** Numbers of a coordinate. */
  readonly coordinateDim: number;
  /** Numbers of a feature. */
  readonly featureDim: number;
}

/** Which samples {@link sampleShown} makes. */
export interface ShownRequest {
  /** `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** How the data are shown. */
  readonly display: Display;
  /** Rows of a picture or of the sphere, points along an axis, times; the proportions of the data stay. */
  readonly resolution: number;
  /** Where to evaluate samples whose points lie anywhere; the others have grids. */
  readonly coordinates?: Float32Array;
}

/**
 * Samples at the points at which they are shown.
 *
 * @param sampler Of the generator.
 * @param weights Its weights.
 * @param request Which samples, at which resolution.
 * @throws {RangeError} If points lie anywhere and are not given.
 *
 * @example
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler, sampleShown } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0), sampler = new Sampler(generator, reference);
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const latents = sampleLatents(0, 2, generator.latentDim);
 * const samples = await sampleShown(sampler, weights, { latents, display, resolution: 5 });
 * assertEquals(samples.values.length, 2 * 5 * 5);
 * sampler.release();
 * ```
 */
export async function sampleShown(
  sampler: Sampler,
  weights: Tree,
  request: ShownRequest,
): Promise<Samples> {
  const { latents, resolution, coordinates: given } = request;
  const isCloud = request.display.kind === "cloud";
  const display = isCloud ? request.display : atResolution(request.display, resolution);
  const coordinates = isCloud && given ? given : displayCoordinates(display);
  const { coordinateDim, featureDim } = sampler.generator;
  return {
    values: await sampler.sample(weights, latents, coordinates),
    display,
    coordinates,
    coordinateDim,
    featureDim,
  };
}
