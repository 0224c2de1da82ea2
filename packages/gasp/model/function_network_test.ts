import { assertEquals } from "@std/assert";
import { type Tensor, tensor } from "@gasp/tensor";
import { type FunctionLayer, functionNetwork } from "./function_network.ts";
import { assertClose, numbers, randomTensor } from "../methods/gasp/gasp_testing.ts";

const SIZES = [3, 4, 5, 2], BATCH = 2, POINTS = 3;
const layers: FunctionLayer[] = SIZES.slice(1).map((out, i) => ({
  weight: randomTensor(`weight ${i}`, [BATCH, out, SIZES[i]!]),
  bias: randomTensor(`bias ${i}`, [BATCH, out]),
}));

/** One example at one point, with loops. */
async function evaluateSlowly(example: number, point: readonly number[]): Promise<number[]> {
  let x = [...point];
  for (const [i, layer] of layers.entries()) {
    const [weight, bias] = [await numbers(layer.weight), await numbers(layer.bias)];
    const out = SIZES[i + 1]!, width = x.length;
    x = Array.from(
      { length: out },
      (_, j) =>
        x.reduce(
          (sum, value, k) => sum + value * weight[(example * out + j) * width + k]!,
          bias[example * out + j]!,
        ),
    );
    x = x.map((y) => i + 2 === SIZES.length ? Math.tanh(y) : y > 0 ? y : 0.1 * y);
  }
  return x;
}

async function check(encoding: Tensor, pointAt: (example: number, point: number) => number[]): Promise<void> {
  const features = functionNetwork(encoding, layers);
  assertEquals(features.shape, [BATCH, POINTS, 2]);
  const expected: number[] = [];
  for (let example = 0; example < BATCH; example++) {
    for (let point = 0; point < POINTS; point++) {
      expected.push(...await evaluateSlowly(example, pointAt(example, point)));
    }
  }
  assertClose(await numbers(features), expected);
}

Deno.test("functionNetwork() evaluates each example's own network at shared coordinates", async () => {
  const values = await numbers(randomTensor("x", [POINTS, 3]));
  await check(tensor(values, [POINTS, 3]), (_, point) => values.slice(3 * point, 3 * point + 3));
});

Deno.test("functionNetwork() accepts separate coordinates for each example", async () => {
  const values = await numbers(randomTensor("x", [BATCH, POINTS, 3]));
  await check(tensor(values, [BATCH, POINTS, 3]), (example, point) => {
    const start = 3 * (example * POINTS + point);
    return values.slice(start, start + 3);
  });
});
