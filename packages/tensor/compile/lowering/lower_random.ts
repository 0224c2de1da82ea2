/**
 * Lowers random numbers: a loop over blocks of four words, each computed once.
 * @module
 */
import type { RandomParams } from "../../graph/primitives.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { binary, constant, convert } from "../../ir/build.ts";
import type { KernelBase, LoopKernel, Scalar } from "../../ir/kernel.ts";
import { normalPair, uniformOf } from "../../ir/random_normal.ts";
import { philoxWords } from "../../ir/random_words.ts";

/**
 * Returns the kernel of random numbers.
 *
 * @param tensor Result, `[keys, blocks, 4]`.
 * @param params Distribution, first block.
 * @param base Name and buffers: the keys `[keys, 5]`, then the result.
 */
export function lowerRandom(tensor: Tensor, params: RandomParams, base: KernelBase): LoopKernel {
  const [keys, blocks, width] = tensor.shape as [number, number, number];
  const keyWord = (at: number): Scalar => ({
    op: "load",
    dtype: "u32",
    buffer: 0,
    address: { offset: at, strides: [5, 0], indirect: [] },
    guards: [],
  });
  const block: Scalar = { op: "affine", dtype: "i32", affine: { offset: 0, strides: [0, 1] } };
  const counter = binary("add", convert(block, "u32"), constant("u32", params.first));
  const words = philoxWords([counter, keyWord(2), keyWord(3), keyWord(4)], [keyWord(0), keyWord(1)]);
  return {
    kind: "loop",
    ...base,
    map: [keys, blocks],
    reduce: [],
    accumulators: [],
    stores: valuesOf(words, params).map((value, at) => ({
      buffer: 1,
      address: { offset: at, strides: [width * blocks, width] },
      value,
    })),
  };
}

/** Returns the samples of a block. */
function valuesOf(words: readonly Scalar[], { distribution }: RandomParams): readonly Scalar[] {
  switch (distribution) {
    case "bits":
      return words;
    case "uniform":
      return words.map(uniformOf);
    case "normal":
      return [...normalPair(words[0]!, words[1]!), ...normalPair(words[2]!, words[3]!)];
  }
}
