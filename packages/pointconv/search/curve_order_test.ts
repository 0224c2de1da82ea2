import { assertEquals } from "@std/assert";
import { randomUniform } from "@gasp/tensor";
import { curveOrder } from "./curve_order.ts";

Deno.test("curveOrder() traverses the corners of a square as a Z and keeps the order of equal points", () => {
  const square = Float32Array.of(1, 1, 0, 0, 1, 0, 0, 1, 0, 0);
  assertEquals([...curveOrder(square, 2)], [1, 4, 3, 2, 0]);
});

Deno.test("curveOrder() is a permutation in any dimension, including collinear and coincident points", () => {
  for (const dimension of [1, 2, 3, 4]) {
    for (const spread of [1, 0]) {
      const points = randomUniform({ seed: dimension, stream: "points", step: 0 }, 300 * dimension);
      const order = curveOrder(points.map((x, i) => i % dimension === 0 ? x : spread * x), dimension);
      assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 300 }, (_, i) => i));
    }
  }
});

Deno.test("curveOrder() preserves locality", () => {
  const points = randomUniform({ seed: 7, stream: "points", step: 0 }, 3 * 4096);
  const step = (order: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 1; i < order.length; i++) {
      sum += Math.hypot(
        ...[0, 1, 2].map((axis) => points[3 * order[i]! + axis]! - points[3 * order[i - 1]! + axis]!),
      );
    }
    return sum / (order.length - 1);
  };
  const random = step(Int32Array.from({ length: 4096 }, (_, i) => i));
  assertEquals(step(curveOrder(points, 3)) < random / 4, true);
});
