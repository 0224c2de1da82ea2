/**
 * Functions that a generator drew, which stay on the device and evaluated chunk by chunk, so that a device holds no
 * more for many points than for few.
 * @module
 */
import { type Compiled, disposeTree, type Tensor, tensor, type Tree } from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";

/** Programs that all functions of a generator share. */
export interface FunctionPrograms {
  /** Features `[functions, points, featureDim]` of functions, shared weights and coordinates `[points, coordinateDim]`. */
  readonly features: Compiled<[Tree, Tree, Tensor], Tensor>;
  /** Slopes `[points, coordinateDim]` of the same. */
  readonly gradient: Compiled<[Tree, Tree, Tensor], Tensor>;
}

/** Some functions of a generator. */
export interface FunctionParts {
  /** What tells them apart, as the generator returned it. */
  readonly functions: Tree;
  /** The weights that they share. */
  readonly shared: Tree;
  /** How many they are. */
  readonly count: number;
}

/** Functions on a device, which `Sampler.functions` returns. */
export class SampledFunctions {
  readonly #parts: FunctionParts;
  readonly #generator: FunctionGenerator;
  readonly #programs: FunctionPrograms;
  readonly #chunk: number;

  /**
   * Use `Sampler.functions`.
   *
   * @param parts The functions; they are freed by {@link release}, the shared weights are not.
   * @param generator Whose they are.
   * @param programs To evaluate them.
   * @param chunk Points of all functions together that a device works on at a time.
   */
  constructor(
    parts: FunctionParts,
    generator: FunctionGenerator,
    programs: FunctionPrograms,
    chunk: number,
  ) {
    this.#parts = parts;
    this.#generator = generator;
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
    return this.#fill(this.#programs.features, coordinates, this.#parts.count, this.#generator.featureDim);
  }

  /**
   * The slope of the first feature along each coordinate. Of several functions: the sum of their slopes.
   *
   * @param coordinates `[points, coordinateDim]`.
   * @returns `[points, coordinateDim]`.
   */
  gradient(coordinates: Float32Array): Promise<Float32Array> {
    return this.#fill(this.#programs.gradient, coordinates, 1, this.#generator.coordinateDim);
  }

  /** Runs a program that returns `[count, points, width]` for each chunk of points. */
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
      const some = coordinates.subarray(first * coordinateDim, (first + size) * coordinateDim);
      const data = await takeData(await program(functions, shared, tensor(some, [size, coordinateDim])));
      const row = size * width;
      for (let i = 0; i < count; i++) {
        output.set(data.subarray(i * row, (i + 1) * row), (i * points + first) * width);
      }
    }
    return output;
  }

  /** Frees the functions on the device. */
  release(): void {
    disposeTree(this.#parts.functions);
  }
}

/** The elements of a tensor, which is freed. Runtimes that bundles run in do not all know `using`. */
async function takeData(values: Tensor): ReturnType<Tensor["data"]> {
  try {
    return await values.data();
  } finally {
    values.dispose();
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
