import { assertEquals, assertThrows } from "@std/assert";
import type { Shape, Tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import { kaimingNormal, kaimingUniform, orthogonal, xavierNormal, xavierUniform } from "./initializers.ts";
import { type RandomSource, randomSource } from "./random_source.ts";

const SHAPE = [60, 20, 3, 3], COUNT = 60 * 20 * 9, FAN_IN = 180, FAN_OUT = 540;

type Init = (random: RandomSource, shape: Shape) => Tensor;

const CASES: Record<string, { init: Init; variance: number; kurtosis: number }> = {
  "xavierUniform()": { init: xavierUniform, variance: 2 / (FAN_IN + FAN_OUT), kurtosis: 1.8 },
  "xavierNormal() with gain": {
    init: (random, shape) => xavierNormal(random, shape, { gain: 3 }),
    variance: 9 * 2 / (FAN_IN + FAN_OUT),
    kurtosis: 3,
  },
  "kaimingUniform() of a slope": {
    init: (random, shape) => kaimingUniform(random, shape, { slope: 0.5 }),
    variance: 2 / 1.25 / FAN_IN,
    kurtosis: 1.8,
  },
  "kaimingNormal() by fan-out": {
    init: (random, shape) => kaimingNormal(random, shape, { mode: "fanOut" }),
    variance: 2 / FAN_OUT,
    kurtosis: 3,
  },
};

for (const [name, { init, variance, kurtosis }] of Object.entries(CASES)) {
  Deno.test(`${name} has the mean, variance and shape of its distribution`, async () => {
    const drawn = init(randomSource({ seed: 5, stream: "weights" }), SHAPE);
    assertEquals(drawn.shape, SHAPE);
    const values = (await numbers(drawn)).map((value) => value / Math.sqrt(variance));
    const moment = (power: number) => values.reduce((sum, v) => sum + v ** power, 0) / COUNT;
    // Four standard errors of each moment, for at most normal tails
    assertNear([moment(1)], [0], 4 / Math.sqrt(COUNT));
    assertNear([moment(2)], [1], 4 * Math.sqrt((kurtosis - 1) / COUNT));
    assertNear([moment(4)], [kurtosis], 4 * Math.sqrt(96 / COUNT) / kurtosis);
  });
}

Deno.test("orthogonal() has orthonormal rows, or columns where there are fewer", async () => {
  for (const shape of [[3, 5], [5, 3], [4, 2, 2], [4, 4]]) {
    const rows = shape[0]!, columns = shape.slice(1).reduce((a, b) => a * b);
    const values = await numbers(orthogonal(randomSource({ seed: 2, stream: "q" }), shape, { gain: 2 }));
    const at = (i: number, k: number) =>
      rows <= columns ? values[i * columns + k]! : values[k * columns + i]!;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const product = Array.from({ length }, (_, k) => at(i, k) * at(j, k)).reduce((a, b) => a + b);
        assertNear([product], [i === j ? 4 : 0], 1e-6);
      }
    }
  }
});

Deno.test("initial weights are a function of the seed, and draws differ", async () => {
  const draw = async (seed: number) => {
    const random = randomSource({ seed, stream: "weights" });
    return [await numbers(random.normal([3], 5, 0.5)), await numbers(random.uniform([3], 0, 1))];
  };
  assertEquals(await draw(1), await draw(1));
  const [first, second] = [await draw(1), await draw(2)];
  assertEquals(first[0]!.some((value, i) => value === second[0]![i]), false);
  const random = randomSource({ seed: 1, stream: "weights" });
  const [a, b] = [await numbers(random.uniform([3], 0, 1)), await numbers(random.uniform([3], 0, 1))];
  assertEquals(a.some((value, i) => value === b[i]), false);
});

Deno.test("initial weights reject shapes without fans", () => {
  const random = randomSource({ seed: 1, stream: "weights" });
  for (const init of [xavierUniform, xavierNormal, kaimingUniform, kaimingNormal, orthogonal]) {
    assertThrows(() => init(random, [3]), RangeError, "[out, in, ...kernel] that is not empty, got [3]");
    assertThrows(() => init(random, [3, 0]), RangeError, "got [3, 0]");
  }
});
