/**
 * The source of initial parameters: consecutive draws from one stream, so that a model is a function of its seed.
 * @module
 */
import {
  type RandomKey,
  randomNormal,
  randomUniform,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from "@gasp/tensor";

/**
 * Draws concrete f32 tensors.
 *
 * @category Initialisation
 */
export interface RandomSource {
  /** Samples the uniform distribution over `[low, high)`. */
  uniform(shape: Shape, low: number, high: number): Tensor;
  /** Samples the normal distribution. Default: mean 0 and standard deviation 1. */
  normal(shape: Shape, mean?: number, std?: number): Tensor;
}

/**
 * Creates a source whose draws are steps 0, 1, 2, … of a random stream.
 *
 * @param key Seed and stream.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initLinear, randomSource } from "@gasp/autograd/nn";
 *
 * const random = randomSource({ seed: 7, stream: "model" });
 * const layer = initLinear(random, 3, 5);
 * assertEquals(layer.weight.shape, [5, 3]);
 * ```
 *
 * @category Initialisation
 */
export function randomSource({ seed, stream }: Pick<RandomKey, "seed" | "stream">): RandomSource {
  let step = 0;
  const next = () => ({ seed, stream, step: step++ });
  return {
    uniform: (shape, low, high) => tensor(randomUniform(next(), sizeOf(shape), low, high), shape),
    normal: (shape, mean = 0, std = 1) =>
      tensor(randomNormal(next(), sizeOf(shape)).map((value) => mean + std * value), shape),
  };
}
