import { assertEquals, assertThrows } from "@std/assert";
import type { Tensor } from "@gasp/tensor";
import { checkGradients, testDirection } from "../check.ts";
import { assertNear, numbers } from "../testing.ts";
import { convLayer, convTransposeLayer, initConv } from "./conv.ts";
import { randomSource } from "./random_source.ts";

const x = testDirection([2, 2, 4], 0.1),
  weight = testDirection([3, 2, 2], 0.5),
  bias = testDirection([3], 0.8);

Deno.test("convLayer() is a convolution plus a bias", async () => {
  const [values, w, b] = [await numbers(x), await numbers(weight), await numbers(bias)];
  const expected: number[] = [];
  for (let n = 0; n < 2; n++) {
    for (let o = 0; o < 3; o++) {
      for (let p = 0; p < 3; p++) {
        let sum = b[o]!;
        for (let c = 0; c < 2; c++) {
          for (let k = 0; k < 2; k++) sum += values[(n * 2 + c) * 4 + p + k]! * w[(o * 2 + c) * 2 + k]!;
        }
        expected.push(sum);
      }
    }
  }
  const y = convLayer(x, { weight, bias });
  assertEquals(y.shape, [2, 3, 3]);
  assertNear(await numbers(y), expected);
  const without = await numbers(convLayer(x, { weight }));
  assertNear(without, expected.map((value, i) => value - b[Math.floor(i / 3) % 3]!));
});

Deno.test("convTransposeLayer() inverts the shape of convLayer() and adds a bias", async () => {
  const back = testDirection([2], 0.3);
  const y = convTransposeLayer(convLayer(x, { weight }), { weight, bias: back });
  assertEquals(y.shape, x.shape);
  const plain = await numbers(convTransposeLayer(convLayer(x, { weight }), { weight }));
  const b = await numbers(back);
  assertNear(await numbers(y), plain.map((value, i) => value + b[Math.floor(i / 4) % 2]!));
});

Deno.test("convLayer() has correct derivatives", async () => {
  const layer = (x: Tensor, weight: Tensor, bias: Tensor) => convLayer(x, { weight, bias }, { padding: 1 });
  assertEquals((await checkGradients(layer, [x, weight, bias], { order: 2 })).compared, 2 * (16 + 12 + 3));
});

Deno.test("initConv() is uniform over ±1/√fan-in of a group", async () => {
  const random = randomSource({ seed: 0, stream: "conv" });
  const params = initConv(random, 8, 6, [3, 3], 2);
  assertEquals([params.weight.shape, params.bias.shape], [[6, 4, 3, 3], [6]]);
  const largest = Math.max(...(await numbers(params.weight)).map(Math.abs));
  assertEquals(largest <= 1 / 6 && largest > 0.95 / 6, true);
  assertThrows(
    () => initConv(random, 3, 4, [1], 2),
    RangeError,
    "2 groups do not divide 3 channels and 4 outputs",
  );
});
