/**
 * Sampled functions that stay on the device. They are evaluated in chunks of points, so that memory use on the device does
 * not depend on the number of points.
 * @module
 */
import { type Compiled, disposeTree, type Tensor, tensor, type Tree } from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";

/**
 * Compiled programs that all functions of a generator share.
 *
 * @category Sampling
 */
export interface FunctionPrograms {
  /** `(functions, shared weights, coordinates [points, coordinateDim])` → features, `[functions, points, featureDim]`. */
  readonly features: Compiled<[Tree, Tree, Tensor], Tensor>;
  /** Same arguments → gradients, `[points, coordinateDim]`. */
  readonly gradient: Compiled<[Tree, Tree, Tensor], Tensor>;
}

/**
 * Functions of a generator.
 *
 * @category Sampling
 */
export interface FunctionParts {
  /** Result of the generator's `functions`: the parameters that differ between functions. */
  readonly functions: Tree;
  /** Weights shared by all functions. */
  readonly shared: Tree;
  /** Number of functions. */
  readonly count: number;
}

/**
 * Functions on a device, returned by `Sampler.functions`.
 *
 * @category Sampling
 * @example One function at any points, and its gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import {
 *   asGasp,
 *   generatorOf,
 *   initialGenerator,
 *   resolveRunConfig,
 *   sampleLatents,
 *   Sampler,
 * } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const sampler = new Sampler(generator, reference), latents = sampleLatents(0, 1, generator.latentDim);
 * const functions = await sampler.functions(initialGenerator(config.model, 0), latents);
 * const points = Float32Array.of(0, 0, 0.5, 0.5, 1, 1);
 * assertEquals((await functions.sample(points)).length, 3);
 * assertEquals((await functions.gradient(points)).length, 3 * 2);
 * functions.release();
 * sampler.release();
 * ```
 */
export class SampledFunctions {
  readonly #parts: FunctionParts;
  readonly #generator: FunctionGenerator;
  readonly #programs: FunctionPrograms;
  readonly #chunk: number;
  readonly #onEvaluated: (count: number) => void;

  /**
   * Use `Sampler.functions` instead.
   *
   * @param parts The functions; {@link release} frees them, but not the shared weights.
   * @param generator Generator of the functions.
   * @param programs Programs that evaluate them.
   * @param chunk Maximum number of points per chunk, over all functions.
   * @param onEvaluated Called after each chunk with its number of points, over all functions.
   */
  constructor(
    parts: FunctionParts,
    generator: FunctionGenerator,
    programs: FunctionPrograms,
    chunk: number,
    onEvaluated: (count: number) => void = () => {},
  ) {
    this.#parts = parts;
    this.#generator = generator;
    this.#programs = programs;
    this.#chunk = chunk;
    this.#onEvaluated = onEvaluated;
  }

  /**
   * Evaluates the functions in chunks.
   *
   * @param coordinates `[points, coordinateDim]`.
   * @returns Features in (-1, 1), `[count, points, featureDim]`.
   */
  sample(coordinates: Float32Array): Promise<Float32Array> {
    return this.#fill(this.#programs.features, coordinates, this.#parts.count, this.#generator.featureDim);
  }

  /**
   * Computes the gradient of the first feature with respect to the coordinates, summed over the functions.
   *
   * @param coordinates `[points, coordinateDim]`.
   * @returns `[points, coordinateDim]`.
   */
  gradient(coordinates: Float32Array): Promise<Float32Array> {
    return this.#fill(this.#programs.gradient, coordinates, 1, this.#generator.coordinateDim);
  }

  /** Runs a program that returns `[count, points, width]` on each chunk of points. */
  async #fill(
    program: FunctionPrograms["features"],
    coordinates: Float32Array,
    count: number,
    width: number,
  ): Promise<Float32Array> {
    const { coordinateDim } = this.#generator, { functions, shared } = this.#parts;
    const points = coordinates.length / coordinateDim;
    const output = new Float32Array(count * points * width);
    const chunk = Math.max(1, Math.floor(this.#chunk / this.#parts.count));
    for (const [first, size] of chunksOf(points, chunk)) {
      const rows = coordinates.subarray(first * coordinateDim, (first + size) * coordinateDim);
      const data = await takeData(await program(functions, shared, tensor(rows, [size, coordinateDim])));
      const row = size * width;
      for (let i = 0; i < count; i++) {
        output.set(data.subarray(i * row, (i + 1) * row), (i * points + first) * width);
      }
      this.#onEvaluated(count * size);
    }
    return output;
  }

  /** Frees the functions on the device. */
  release(): void {
    disposeTree(this.#parts.functions);
  }
}

/** Reads the elements of a tensor and disposes of it. No `using`: not all runtimes of bundles support it. */
async function takeData(values: Tensor): ReturnType<Tensor["data"]> {
  try {
    return await values.data();
  } finally {
    values.dispose();
  }
}

/**
 * Splits a range into chunks of equal size, so that one program serves all of them. If the total is not a multiple of the
 * size, the last chunk overlaps the one before.
 *
 * @param total Number of elements.
 * @param largest Maximum size of a chunk.
 */
export function* chunksOf(total: number, largest: number): Generator<[first: number, size: number]> {
  const size = Math.min(total, largest);
  for (let first = 0; first < total; first += size) yield [Math.min(first, total - size), size];
}
