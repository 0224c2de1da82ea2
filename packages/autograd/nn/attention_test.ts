import { assertEquals, assertThrows } from "@std/assert";
import { mul, type Tensor, tensor } from "@gasp/tensor";
import { checkGradients, testDirection } from "../check.ts";
import { assertNear, numbers } from "../testing.ts";
import {
  type AttentionOptions,
  initMultiHeadAttention,
  multiHeadAttention,
  scaledDotProductAttention,
} from "./attention.ts";
import { embedding, initEmbedding } from "./embedding.ts";
import { randomSource } from "./random_source.ts";

const [QUERIES, KEYS, CHANNELS, OUT] = [3, 4, 2, 5];
const query = testDirection([QUERIES, CHANNELS], 0.1);
const key = testDirection([KEYS, CHANNELS], 0.4);
const value = testDirection([KEYS, OUT], 0.8);

/** Attention by loops. */
function attend(
  q: number[],
  k: number[],
  v: number[],
  scale: number,
  sees: (i: number, j: number) => boolean,
): number[] {
  return Array.from({ length: QUERIES }, (_, i) => {
    const weights = Array.from({ length: KEYS }, (_, j) => {
      const product = q[2 * i]! * k[2 * j]! + q[2 * i + 1]! * k[2 * j + 1]!;
      return sees(i, j) ? Math.exp(scale * product) : 0;
    });
    const total = weights.reduce((a, b) => a + b, 0) || 1;
    return Array.from(
      { length: OUT },
      (_, c) => weights.reduce((sum, w, j) => sum + w / total * v[OUT * j + c]!, 0),
    );
  }).flat();
}

const MASK = [[true, false, true, true], [false, false, false, false], [true, true, false, true]];

Deno.test("scaledDotProductAttention() is the average of values weighted by a softmax", async () => {
  const [q, k, v] = [await numbers(query), await numbers(key), await numbers(value)];
  const mask = tensor(Uint32Array.from(MASK.flat(), Number), [QUERIES, KEYS], "bool");
  const cases: [AttentionOptions, number, (i: number, j: number) => boolean][] = [
    [{}, Math.SQRT1_2, () => true],
    [{ scale: 3 }, 3, () => true],
    [{ causal: true }, Math.SQRT1_2, (i, j) => j <= i],
    [{ mask }, Math.SQRT1_2, (i, j) => MASK[i]![j]!],
    [{ mask, causal: true }, Math.SQRT1_2, (i, j) => j <= i && MASK[i]![j]!],
  ];
  for (const [options, scale, sees] of cases) {
    const y = scaledDotProductAttention(query, key, value, options);
    assertEquals(y.shape, [QUERIES, OUT]);
    assertNear(await numbers(y), attend(q, k, v, scale, sees));
  }
  const half = scaledDotProductAttention(query, key, value, { onWeights: (weights) => mul(weights, 0.5) });
  assertNear(await numbers(half), attend(q, k, v, Math.SQRT1_2, () => true).map((w) => w / 2));
});

Deno.test("multiHeadAttention() concatenates the attention of heads over their channels", async () => {
  const [batch, channels, heads] = [2, 4, 2];
  const params = initMultiHeadAttention(randomSource({ seed: 3, stream: "attention" }), channels);
  const x = testDirection([batch, QUERIES, channels], 0.2),
    context = testDirection([batch, KEYS, channels], 0.6);
  const map = async (source: Tensor, weight: Tensor) => {
    const [values, w] = [await numbers(source), await numbers(weight)];
    return (row: number, out: number) =>
      Array.from({ length: channels }, (_, i) => values[row * channels + i]! * w[out * channels + i]!)
        .reduce((a, b) => a + b, 0);
  };
  const q = await map(x, params.query.weight), k = await map(context, params.key.weight);
  const v = await map(context, params.value.weight), w = await numbers(params.output.weight);
  const expected: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < QUERIES; i++) {
      const joined = Array.from({ length: channels }, (_, c) => {
        const first = Math.floor(c / 2) * 2;
        const weights = Array.from({ length: KEYS }, (_, j) => {
          const product = [first, first + 1].map((d) => q(b * QUERIES + i, d) * k(b * KEYS + j, d));
          return Math.exp(Math.SQRT1_2 * (product[0]! + product[1]!));
        });
        const total = weights.reduce((a, b) => a + b, 0);
        return weights.reduce((sum, weight, j) => sum + weight / total * v(b * KEYS + j, c), 0);
      });
      for (let o = 0; o < channels; o++) {
        expected.push(joined.reduce((sum, value, c) => sum + value * w[o * channels + c]!, 0));
      }
    }
  }
  assertNear(await numbers(multiHeadAttention(x, context, params, { heads })), expected);
});

Deno.test("attention has correct derivatives", async () => {
  const causal = (q: Tensor, k: Tensor, v: Tensor) => scaledDotProductAttention(q, k, v, { causal: true });
  const { compared } = await checkGradients(causal, [query, key, value], { order: 2 });
  assertEquals(compared, 2 * (6 + 8 + 20));
});

Deno.test("embedding() looks up rows, and its gradient is summed over equal indices", async () => {
  const index = tensor(Int32Array.of(1, 2, 1, 0), [2, 2]);
  const table = initEmbedding(randomSource({ seed: 1, stream: "table" }), 3, 2);
  const rows = await numbers(table);
  const y = embedding(index, table);
  assertEquals(y.shape, [2, 2, 2]);
  assertEquals(await numbers(y), [1, 2, 1, 0].flatMap((row) => rows.slice(2 * row, 2 * row + 2)));
  const { compared } = await checkGradients((table) => embedding(index, table), [table], { order: 2 });
  assertEquals(compared, 12);
});

Deno.test("attention and embedding reject mismatched shapes", () => {
  assertThrows(
    () => scaledDotProductAttention(query, value, value),
    RangeError,
    "got [3, 2], [4, 5] and [4, 5]",
  );
  assertThrows(() => scaledDotProductAttention(query, key, query), RangeError, "attention needs queries");
  assertThrows(() => scaledDotProductAttention(query, key, value, { mask: key }), TypeError, "bool");
  const params = initMultiHeadAttention(randomSource({ seed: 3, stream: "attention" }), 4);
  const x = testDirection([1, 2, 4], 0);
  assertThrows(
    () => multiHeadAttention(x, x, params, { heads: 3 }),
    RangeError,
    "divide the 4 channels, got 3",
  );
  assertThrows(
    () => multiHeadAttention(query, x, params, { heads: 2 }),
    RangeError,
    "[batch, places, channels]",
  );
  assertThrows(
    () => embedding(tensor(Int32Array.of(0)), tensor([1])),
    RangeError,
    "table [rows, channels], got [1]",
  );
});
