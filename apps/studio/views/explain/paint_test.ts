import { assertAlmostEquals, assertEquals } from "@std/assert";
import { minus, paintMatrix, scaleOf } from "./paint.ts";

const layer = { rows: 2, columns: 2, weight: Float32Array.of(-1, 0, 1, 9) };

Deno.test("paintMatrix() has the paper at 0, two colours at the ends, and clamps", () => {
  const { height, width, pixels } = paintMatrix(layer, 1);
  const at = (i: number) => [...pixels.subarray(4 * i, 4 * i + 4)];
  assertEquals([height, width, at(0), at(1), at(2)], [2, 2, [33, 92, 130, 255], [246, 242, 234, 255], [
    169,
    58,
    33,
    255,
  ]]);
  assertEquals(at(3), at(2));
});

Deno.test("scaleOf() is twice the root mean square, and 1 for zeros; minus() subtracts", () => {
  assertAlmostEquals(scaleOf(layer), 2 * Math.sqrt(83 / 4), 1e-12);
  const none = minus(layer, layer);
  assertEquals([[...none.weight], scaleOf(none)], [[0, 0, 0, 0], 1]);
});
