/**
 * Random numbers of the reference interpreter.
 * @module
 */
import type { RandomParams } from "../graph/primitives.ts";
import type { Tensor } from "../graph/tensor.ts";
import { evaluateScalar } from "../ir/evaluate_scalar.ts";
import type { Scalar } from "../ir/kernel.ts";
import { normalPair } from "../ir/random_normal.ts";
import { philox, type Words4 } from "../random/philox.ts";

/** Values of any type, as doubles. */
type Values = Float64Array;

/**
 * Generates blocks of random numbers; normal samples evaluate the expression that devices run, which is integer
 * arithmetic.
 *
 * @param out Result, `[keys, blocks, 4]`.
 * @param params Distribution, first block.
 * @param keys Five words per key.
 */
export function drawRandom(out: Tensor, { distribution, first }: RandomParams, keys: Values): Values {
  const [, blocks] = out.shape as [number, number];
  const result = new Float64Array(out.size);
  for (let block = 0; block < out.size / 4; block++) {
    const at = 5 * Math.floor(block / blocks);
    const [seedLow, seedHigh, stepLow, stepHigh, stream] = keys.subarray(at, at + 5) as unknown as Key;
    const words = philox([first + block % blocks, stepLow, stepHigh, stream], [seedLow, seedHigh]);
    result.set(distribution === "normal" ? normals(words) : words, 4 * block);
  }
  return distribution === "uniform" ? result.map((word) => Math.floor(word / 256) * 2 ** -24) : result;
}

type Key = readonly [number, number, number, number, number];

const pairOfWords = [0, 1].map((offset): Scalar => ({
  op: "load",
  dtype: "u32",
  buffer: 0,
  address: { offset, strides: [], indirect: [] },
  guards: [],
}));
const normalExpressions = normalPair(pairOfWords[0]!, pairOfWords[1]!);

function normals([a, b, c, d]: Words4): number[] {
  return [[a, b], [c, d]].flatMap((pair) => {
    const data = [Uint32Array.from(pair)], buffers = [{ dtype: "u32", access: "read" }] as const;
    const memo = new Map<Scalar, number>();
    const point = { data, buffers, axes: [], accumulators: [] };
    return normalExpressions.map((expression) => evaluateScalar(expression, point, memo));
  });
}
