/** @module */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { linearValue, nearestValue } from "./scattered.ts";

const known = Float32Array.of(-1, -1, -1, 1, 1, -1, 1, 1, 0.25, -0.125);

Deno.test("nearestValue() returns the value of the nearest point", () => {
  const queries = Float32Array.of(-0.9, -0.8, 0.3, 0, 5, 5);
  assertEquals([...nearestValue(known, Float32Array.of(1, 2, 3, 4, 5), queries)], [1, 5, 4]);
});

Deno.test("linearValue() reproduces a plane, and returns the nearest value outside the triangulation", () => {
  const plane = (x: number, y: number) => 0.5 + 2 * x - y;
  const values = Float32Array.from({ length: 5 }, (_, i) => plane(known[2 * i]!, known[2 * i + 1]!));
  const queries = Float32Array.from({ length: 200 }, (_, i) => (i * 37 % 101) / 50.5 - 1);
  linearValue(known, values, queries).forEach((value, i) =>
    assertAlmostEquals(value, plane(queries[2 * i]!, queries[2 * i + 1]!), 1e-5)
  );
  assertEquals([...linearValue(known, values, Float32Array.of(3, 3))], [plane(1, 1)]);
});

Deno.test("linearValue() supports collinear points", () => {
  const line = Float32Array.of(0, 0, 0.5, 0.5, 1, 1);
  assertEquals([...linearValue(line, Float32Array.of(7, 8, 9), Float32Array.of(0.9, 1))], [9]);
});
