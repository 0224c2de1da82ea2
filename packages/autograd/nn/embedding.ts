/**
 * Embeddings: vectors for tokens, classes, positions.
 * @module
 */
import { showShape, take, type Tensor } from "@gasp/tensor";
import { checkTensor } from "@gasp/tensor/compiler";
import type { RandomSource } from "./random_source.ts";

/**
 * Looks up rows of a table.
 *
 * @param index i32 or u32, `[...]`.
 * @param table f32, `[rows, channels]`.
 * @returns `[..., channels]`. The gradient with respect to the table sums over equal indices.
 * @throws {RangeError} If the table is not a matrix.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { embedding } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const table = tensor([[0, 1], [2, 3], [4, 5]]);
 * const rows = await evaluate(embedding(tensor(Int32Array.of(2, 0)), table));
 * assertEquals([...await rows.data()], [4, 5, 0, 1]);
 * ```
 *
 * @category Layers
 */
export function embedding(index: Tensor, table: Tensor): Tensor {
  checkTensor("embedding()", index);
  checkTensor("embedding()", table);
  if (table.rank !== 2) {
    throw new RangeError(`an embedding needs a table [rows, channels], got ${showShape(table.shape)}`);
  }
  return take(table, index, 0);
}

/**
 * Initialises a table from the normal distribution of mean 0 and standard deviation 1.
 *
 * @param random Source of random numbers.
 * @param rows Number of embeddings.
 * @param channels Size of a vector.
 * @returns A concrete tensor, `[rows, channels]`.
 * @category Layers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { embedding, initEmbedding, randomSource } from "@gasp/autograd/nn";
 * import { tensor } from "@gasp/tensor";
 *
 * const words = initEmbedding(randomSource({ seed: 0, stream: "words" }), 1000, 64);
 * assertEquals(embedding(tensor(Int32Array.of(7, 7, 3)), words).shape, [3, 64]);
 * ```
 */
export function initEmbedding(random: RandomSource, rows: number, channels: number): Tensor {
  return random.normal([rows, channels]);
}
