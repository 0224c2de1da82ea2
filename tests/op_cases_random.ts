/**
 * Cases of random numbers, computed by the generator of the host. Normal numbers have separate tests, since the host rounds
 * differently.
 * @module
 */
import * as ops from "@gasp/tensor";
import { philox, randomBits, randomUniform, type Shape, sizeOf, type Tensor } from "@gasp/tensor";
import { floats, type Formula, type OpCase, opCase } from "./op_case.ts";

const KEY = { seed: 11, stream: 4, step: 6 } as const;
const WORDS = [11, 0, 6, 0, 4] as const;
const key = ops.randomKey(KEY);

function flatIndex(index: readonly number[], shape: Shape): number {
  return index.reduce((position, i, axis) => position * shape[axis]! + i, 0);
}

const uniformAt = (shape: Shape): Formula => (index) =>
  randomUniform(KEY, sizeOf(shape))[flatIndex(index, shape)]!;
/** Returns the words of derived key i: a block of random words, and the stream. */
const keyWord = (i: number, at: number) =>
  at === 4 ? WORDS[4] : philox([2 ** 31 + i, WORDS[2], WORDS[3], WORDS[4]], [WORDS[0], WORDS[1]])[at]!;

/** All cases of random numbers. */
export function randomCases(): OpCase[] {
  const shape = [3, 5], noise = uniformAt(shape);
  const gumbel: Formula = (index) => -Math.log(-Math.log(Math.max(noise(index), 2 ** -25)));
  const scores = (row: number, logits: (...index: number[]) => number) =>
    Array.from({ length: 5 }, (_, i) => logits(row, i) + gumbel([row, i]));
  return [
    opCase("bits", [], () => ops.bits(key, shape), (index) => randomBits(KEY, 15)[flatIndex(index, shape)]!),
    opCase("uniform", [], () => ops.uniform(key, shape), noise),
    opCase("uniform", [], () => ops.uniform(key, [0]), noise, { note: "empty" }),
    opCase("foldIn", [], () => ops.foldIn(key, 3), ([at]) => keyWord(3, at!)),
    opCase("splitKey", [], () => ops.splitKey(key, 4), ([i, at]) => keyWord(i!, at!)),
    opCase(
      "bernoulli",
      [],
      () => ops.bernoulli(key, 0.4, shape),
      (index) => (noise(index) < Math.fround(0.4) ? 1 : 0),
    ),
    opCase(
      "categorical",
      [floats(shape)],
      ((logits: Tensor) => ops.categorical(key, logits)) as OpCase["fn"],
      ([row], logits) => {
        const all = scores(row!, logits!);
        return all.indexOf(Math.max(...all));
      },
      { smooth: false },
    ),
    opCase(
      "dropout",
      [floats(shape)],
      ((x: Tensor) => ops.dropout(x, 0.25, key)) as OpCase["fn"],
      (index, x) => (noise(index) < 0.75 ? x!(...index) / 0.75 : 0),
    ),
  ];
}
