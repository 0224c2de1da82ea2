import { assert, assertEquals, assertThrows } from "@std/assert";
import { sphereCoordinates } from "./sphere.ts";

Deno.test("sphereCoordinates() runs from the north pole southwards and from Greenwich eastwards on the unit sphere", () => {
  const points = sphereCoordinates(5, 8);
  const at = (
    row: number,
    column: number,
  ) => [...points.subarray(3 * (8 * row + column), 3 * (8 * row + column + 1))];
  const near = (actual: number[], expected: number[]) =>
    assert(actual.every((x, i) => Math.abs(x - expected[i]!) < 1e-6), `${actual} is not ${expected}`);
  assertEquals(points.length, 120);
  near(at(0, 3), [0, 0, 1]);
  near(at(2, 0), [1, 0, 0]);
  near(at(2, 2), [0, 1, 0]);
  near(at(3, 4), [-Math.SQRT1_2, 0, -Math.SQRT1_2]);
  near(at(4, 0), [0, 0, -1]);
  for (let i = 0; i < 40; i++) {
    assert(Math.abs(Math.hypot(...points.subarray(3 * i, 3 * i + 3)) - 1) < 1e-6);
  }
});

Deno.test("sphereCoordinates() rejects grids without a south pole", () => {
  assertThrows(() => sphereCoordinates(1, 4), RangeError, "at least 2 latitudes");
});
