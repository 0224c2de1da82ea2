/** @module */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { linearValue, nearestValue } from "./scattered.ts";

const known = Float32Array.of(-1, -1, -1, 1, 1, -1, 1, 1, 0.25, -0.125);

Deno.test("nearestValue() takes the value of the nearest point", () => {
  const wanted = Float32Array.of(-0.9, -0.8, 0.3, 0, 5, 5);
  assertEquals([...nearestValue(known, Float32Array.of(1, 2, 3, 4, 5), wanted)], [1, 5, 4]);
});

Deno.test("linearValue() gives a plane back, and outside of the triangles the nearest value", () => {
  const plane = (x: number, y: number) => 0.5 + 2 * x - y;
  const values = Float32Array.from({ length: 5 }, (_, i) => plane(known[2 * i]!, known[2 * i + 1]!));
  const wanted = Float32Array.from({ length: 200 }, (_, i) => (i * 37 % 101) / 50.5 - 1);
  linearValue(known, values, wanted).forEach((value, i) =>
    assertAlmostEquals(value, plane(wanted[2 * i]!, wanted[2 * i + 1]!), 1e-5)
  );
  assertEquals([...linearValue(known, values, Float32Array.of(3, 3))], [plane(1, 1)]);
});

Deno.test("linearValue() works where points lie on one line", () => {
  const line = Float32Array.of(0, 0, 0.5, 0.5, 1, 1);
  assertEquals([...linearValue(line, Float32Array.of(7, 8, 9), Float32Array.of(0.9, 1))], [9]);
});
