/**
 * Distributions of initial weights, as in `torch.nn.init`. A weight is `[out, in, ...kernel]`: its fan-in is `in` times
 * the kernel size, its fan-out `out` times the kernel size.
 * @module
 */
import { type Shape, showShape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import { checkFinite } from "@gasp/tensor/compiler";
import type { RandomSource } from "./random_source.ts";

/**
 * Options of {@link xavierUniform}, {@link xavierNormal} and {@link orthogonal}.
 *
 * @category Initialisation
 */
export interface GainOptions {
  /** Scale factor. Default: 1. */
  readonly gain?: number;
}

/**
 * Options of {@link kaimingUniform} and {@link kaimingNormal}.
 *
 * @category Initialisation
 */
export interface KaimingOptions {
  /** Negative slope of the following leaky ReLU. Default: 0, a ReLU. */
  readonly slope?: number;
  /** Preserves the variance of activations (`fanIn`) or of gradients (`fanOut`). Default: `fanIn`. */
  readonly mode?: "fanIn" | "fanOut";
}

function fansOf(name: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2 || sizeOf(shape) === 0) {
    throw new RangeError(
      `${name} needs a weight [out, in, ...kernel] that is not empty, got ${showShape(shape)}`,
    );
  }
  const kernel = sizeOf(shape.slice(2));
  return { fanIn: shape[1]! * kernel, fanOut: shape[0]! * kernel };
}

/**
 * Uniform in `±gain √(6 / (fanIn + fanOut))` (Glorot & Bengio, 2010).
 *
 * @param random Source of random numbers.
 * @param shape `[out, in, ...kernel]`.
 * @param options Gain.
 * @returns A concrete f32 tensor.
 * @throws {RangeError} If the shape is not that of a weight.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomSource, xavierUniform } from "@gasp/autograd/nn";
 *
 * const weight = xavierUniform(randomSource({ seed: 0, stream: "weights" }), [4, 2]);
 * assertEquals((await weight.data()).every((value) => Math.abs(value) <= 1), true);
 * ```
 *
 * @category Initialisation
 */
export function xavierUniform(random: RandomSource, shape: Shape, { gain = 1 }: GainOptions = {}): Tensor {
  const { fanIn, fanOut } = fansOf("xavierUniform()", shape);
  checkFinite("xavierUniform()", "the gain", gain);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return random.uniform(shape, -bound, bound);
}

/**
 * Normal with standard deviation `gain √(2 / (fanIn + fanOut))` (Glorot & Bengio, 2010).
 *
 * @param random Source of random numbers.
 * @param shape `[out, in, ...kernel]`.
 * @param options Gain.
 * @returns A concrete f32 tensor.
 * @throws {RangeError} If the shape is not that of a weight.
 * @category Initialisation
 *
 * @example The standard deviation of many numbers is near √(2 / (fanIn + fanOut))
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { randomSource, xavierNormal } from "@gasp/autograd/nn";
 * import { evaluate, std } from "@gasp/tensor";
 *
 * const weight = xavierNormal(randomSource({ seed: 0, stream: "weights" }), [100, 100]);
 * assertAlmostEquals((await (await evaluate(std(weight))).data())[0]!, 0.1, 0.005);
 * ```
 */
export function xavierNormal(random: RandomSource, shape: Shape, { gain = 1 }: GainOptions = {}): Tensor {
  const { fanIn, fanOut } = fansOf("xavierNormal()", shape);
  checkFinite("xavierNormal()", "the gain", gain);
  return random.normal(shape, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

function kaimingStd(name: string, shape: Shape, { slope = 0, mode = "fanIn" }: KaimingOptions): number {
  checkFinite(name, "the slope", slope);
  return Math.sqrt(2 / (1 + slope ** 2) / fansOf(name, shape)[mode]);
}

/**
 * Uniform with the variance of {@link kaimingNormal} (He et al., 2015).
 *
 * @param random Source of random numbers.
 * @param shape `[out, in, ...kernel]`.
 * @param options Slope and mode.
 * @returns A concrete f32 tensor.
 * @throws {RangeError} If the shape is not that of a weight.
 * @category Initialisation
 *
 * @example All numbers lie within ±√(6 / fanIn)
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { kaimingUniform, randomSource } from "@gasp/autograd/nn";
 *
 * const weight = kaimingUniform(randomSource({ seed: 0, stream: "weights" }), [100, 6]);
 * assertEquals((await weight.data()).every((value) => Math.abs(value) <= 1), true);
 * ```
 */
export function kaimingUniform(random: RandomSource, shape: Shape, options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform()", shape, options);
  return random.uniform(shape, -bound, bound);
}

/**
 * Normal with standard deviation `√(2 / (1 + slope²) / fan)`, which preserves the variance through layers with (leaky)
 * ReLU (He et al., 2015).
 *
 * @param random Source of random numbers.
 * @param shape `[out, in, ...kernel]`.
 * @param options Slope and mode.
 * @returns A concrete f32 tensor.
 * @throws {RangeError} If the shape is not that of a weight.
 *
 * @example
 * ```ts
 * import { kaimingNormal, randomSource } from "@gasp/autograd/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = kaimingNormal(randomSource({ seed: 0, stream: "kernel" }), [16, 3, 5, 5], { slope: 0.2 });
 * assertEquals(kernel.shape, [16, 3, 5, 5]);
 * ```
 *
 * @category Initialisation
 */
export function kaimingNormal(random: RandomSource, shape: Shape, options: KaimingOptions = {}): Tensor {
  return random.normal(shape, 0, kaimingStd("kaimingNormal()", shape, options));
}

/**
 * A random matrix `[out, in · kernel]` whose rows are orthonormal, or its columns if there are more rows (Saxe,
 * McClelland & Ganguli, 2014).
 *
 * @param random Source of random numbers.
 * @param shape `[out, in, ...kernel]`.
 * @param options Gain.
 * @returns A concrete f32 tensor.
 * @throws {RangeError} If the shape is not that of a weight.
 *
 * @example
 * ```ts
 * import { orthogonal, randomSource } from "@gasp/autograd/nn";
 * import { evaluate, matmul, transpose } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const q = orthogonal(randomSource({ seed: 0, stream: "q" }), [2, 3]);
 * const [one, zero] = await (await evaluate(matmul(q, transpose(q)))).data();
 * assertAlmostEquals(one!, 1, 1e-6);
 * assertAlmostEquals(zero!, 0, 1e-6);
 * ```
 *
 * @category Initialisation
 */
export function orthogonal(random: RandomSource, shape: Shape, { gain = 1 }: GainOptions = {}): Tensor {
  const { fanIn } = fansOf("orthogonal()", shape);
  checkFinite("orthogonal()", "the gain", gain);
  const rows = shape[0]!, columns = fanIn;
  const count = Math.min(rows, columns), length = Math.max(rows, columns);
  const { storage } = random.normal([count, length]);
  if (storage.kind !== "host") {
    throw new TypeError("orthogonal() needs a random source that draws on the host");
  }
  const vectors = orthonormal(Float64Array.from(storage.data), count, length);
  const at = (row: number, column: number) =>
    vectors[rows <= columns ? row * length + column : column * length + row]!;
  const values = Float32Array.from(
    { length: rows * columns },
    (_, i) => gain * at(Math.floor(i / columns), i % columns),
  );
  return tensor(values, shape);
}

/** Orthonormalises independent vectors by two passes of Gram–Schmidt, which is accurate to rounding. */
function orthonormal(vectors: Float64Array, count: number, length: number): Float64Array {
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = vectors.subarray(j * length, (j + 1) * length);
        const product = vector.reduce((sum, value, k) => sum + value * other[k]!, 0);
        for (let k = 0; k < length; k++) vector[k]! -= product * other[k]!;
      }
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
    for (let k = 0; k < length; k++) vector[k]! /= norm;
  }
  return vectors;
}
