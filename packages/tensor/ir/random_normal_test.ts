/** @module */
import { assert } from "@std/assert";
import { randomBits } from "../random/random.ts";
import { cosineAndSine, logarithm } from "../random/real_functions.ts";
import { evaluateScalar, type Point } from "./evaluate_scalar.ts";
import type { Scalar } from "./kernel.ts";
import { normalPair } from "./random_normal.ts";

const words = [0, 1].map((offset): Scalar => ({
  op: "load",
  dtype: "u32",
  buffer: 0,
  address: { offset, strides: [], indirect: [] },
  guards: [],
}));
const expressions = normalPair(words[0]!, words[1]!);

/** Fails unless the pair of two words is the Box–Muller transform of them in double precision. */
function check(a: number, b: number): void {
  const point: Point = {
    data: [Uint32Array.of(a, b)],
    buffers: [{ dtype: "u32", access: "read" }],
    axes: [],
    accumulators: [],
  };
  const memo = new Map<Scalar, number>();
  const radius = Math.sqrt(-2 * logarithm((a + 1) / 2 ** 32));
  cosineAndSine(b / 2 ** 32).forEach((part, i) => {
    const got = evaluateScalar(expressions[i]!, point, memo), want = radius * part;
    const bound = 1.2 * 2 ** -24 * Math.max(1, Math.abs(want));
    assert(Math.abs(got - want) <= bound, `number ${i} of words ${a} and ${b} is ${got}, not ${want}`);
    assert(Math.fround(got) === got && !Object.is(got, -0), `number ${i} of words ${a} and ${b} is ${got}`);
  });
}

/** Words at the boundaries of the algorithm's ranges. */
const EDGES = [...Array(32).keys()].flatMap((
  i,
) => [2 ** i, 2 ** i - 1, 2 ** i + 1, 2 ** 32 - 2 ** i, 2 ** 32 - 2 ** i - 1])
  .concat(
    [3, 5, 7].flatMap((odd) =>
      [29, 30].flatMap((i) => [-1, 0, 1].map((by) => (odd * 2 ** i + by) % 2 ** 32))
    ),
  );

Deno.test("normalPair() is the Box–Muller transform at range boundaries", () => {
  for (const a of EDGES) for (const b of EDGES) check(a, b);
});

Deno.test("normalPair() is the Box–Muller transform of random words", () => {
  const random = randomBits({ seed: 7, stream: "words", step: 0 }, 20_000);
  for (let i = 0; i < random.length; i += 2) check(random[i]!, random[i + 1]!);
});
