/**
 * Functions that a generator made of latents, kept on the device and evaluated chunk by chunk, so that a device holds no
 * more for many points than for few.
 * @module
 */
import { type Compiled, type Tensor, tensor } from "@gasp/tensor";
import type { ModelConfig } from "../config/model_config.ts";

/** The affine layers of some functions. */
export type FunctionLayers = {
  /** `[functions, out, in]`. */
  readonly weight: Tensor;
  /** `[functions, out]`. */
  readonly bias: Tensor;
}[];
/** Coordinates `[points, dimension]`, and frequencies if the model has them. */
export type QueryPoints = {
  /** `[points, coordinateDim]`. */
  readonly coordinates: Tensor;
  /** `[count, coordinateDim]`. */
  readonly frequencies?: Tensor;
};

/** What all functions of a model share. */
export interface FunctionPrograms {
  /** Features `[functions, points, featureDim]`. */
  readonly features: Compiled<[FunctionLayers, QueryPoints], Tensor>;
  /** Slopes `[points, coordinateDim]`. */
  readonly gradient: Compiled<[FunctionLayers, QueryPoints], Tensor>;
}

/** Some functions of a model. */
export interface FunctionParts {
  /** Their layers. */
  readonly layers: FunctionLayers;
  /** Frequencies of the Fourier features, if the model has them. */
  readonly frequencies: Tensor | undefined;
  /** How many they are. */
  readonly count: number;
}

/** Functions on a device, which `Sampler.functions` gives. */
export class SampledFunctions {
  readonly #parts: FunctionParts;
  readonly #model: ModelConfig;
  readonly #programs: FunctionPrograms;
  readonly #chunk: number;

  /**
   * Use `Sampler.functions`.
   *
   * @param parts The functions; they are freed by {@link release}, their frequencies are not.
   * @param model Whose they are.
   * @param programs To evaluate them.
   * @param chunk Points of all functions together that a device works on at a time.
   */
  constructor(
    parts: FunctionParts,
    model: ModelConfig,
    programs: FunctionPrograms,
    chunk: number,
  ) {
    this.#parts = parts;
    this.#model = model;
    this.#programs = programs;
    this.#chunk = chunk;
  }

  /**
   * Evaluates the functions, chunk by chunk.
   *
   * @param coordinates `[points, coordinateDim]`.
   * @returns Features in (-1, 1), `[count, points, featureDim]`.
   */
  sample(coordinates: Float32Array): Promise<Float32Array> {
    return this.#fill(this.#programs.features, coordinates, this.#parts.count, this.#model.featureDim);
  }

  /**
   * The slope of the first feature along each coordinate. Of several functions: the sum of their slopes.
   *
   * @param coordinates `[points, coordinateDim]`.
   * @returns `[points, coordinateDim]`.
   */
  gradient(coordinates: Float32Array): Promise<Float32Array> {
    return this.#fill(this.#programs.gradient, coordinates, 1, this.#model.coordinateDim);
  }

  /** Runs a program that gives `[count, points, width]` for each chunk of points. */
  async #fill(
    program: FunctionPrograms["features"],
    coordinates: Float32Array,
    count: number,
    width: number,
  ): Promise<Float32Array> {
    const { coordinateDim } = this.#model, { layers, frequencies } = this.#parts;
    const points = coordinates.length / coordinateDim;
    const output = new Float32Array(count * points * width);
    const chunk = Math.max(1, Math.floor(this.#chunk / this.#parts.count));
    for (const [first, size] of chunksOf(points, chunk)) {
      const some = coordinates.subarray(first * coordinateDim, (first + size) * coordinateDim);
      const places = {
        coordinates: tensor(some, [size, coordinateDim]),
        ...(frequencies && { frequencies }),
      };
      const values = await program(layers, places);
      const data = await values.data();
      values.dispose();
      const row = size * width;
      for (let i = 0; i < count; i++) {
        output.set(data.subarray(i * row, (i + 1) * row), (i * points + first) * width);
      }
    }
    return output;
  }

  /** Frees the functions on the device. */
  release(): void {
    for (const { weight, bias } of this.#parts.layers) {
      weight.dispose();
      bias.dispose();
    }
  }
}

/**
 * Starts and sizes of chunks of one size, so that one program serves all: the last one begins earlier, over the end of
 * the one before, where the total is no multiple.
 *
 * @param total How many there are.
 * @param largest Size of a chunk, unless there are fewer.
 */
export function* chunksOf(total: number, largest: number): Generator<[first: number, size: number]> {
  const size = Math.min(total, largest);
  for (let first = 0; first < total; first += size) yield [Math.min(first, total - size), size];
}
