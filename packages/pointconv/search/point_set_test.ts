import { assertEquals, assertThrows } from "@std/assert";
import { cloudOf, mergeEqualClouds, pointSet } from "./point_set.ts";

const COORDINATES = Float32Array.of(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);

Deno.test("mergeEqualClouds() merges equal clouds, and keeps all if one coordinate differs", () => {
  const merged = mergeEqualClouds(pointSet(COORDINATES, [3, 2, 2]));
  assertEquals(merged, { coordinates: Float32Array.of(0, 1, 2, 3), clouds: 1, points: 2, dimension: 2 });
  for (let i = 0; i < COORDINATES.length; i++) {
    const set = pointSet(COORDINATES.with(i, 9), [3, 2, 2]);
    assertEquals(mergeEqualClouds(set), set, `number ${i}`);
  }
});

Deno.test("pointSet() distinguishes shared points from those of each example, and cloudOf() returns one cloud", () => {
  const shared = pointSet(COORDINATES, [6, 2]), own = pointSet(COORDINATES, [3, 4, 1]);
  assertEquals([shared.clouds, shared.points, shared.dimension], [1, 6, 2]);
  assertEquals([own.clouds, own.points, own.dimension], [3, 4, 1]);
  assertEquals(cloudOf(pointSet(Float32Array.of(1, 2, 3, 4), [2, 1, 2]), 1), Float32Array.of(3, 4));
});

Deno.test("pointSet() rejects mismatched shapes and coordinates that are not finite", () => {
  assertThrows(() => pointSet(COORDINATES, [12]), RangeError, "got [12]");
  assertThrows(() => pointSet(COORDINATES, [5, 2]), RangeError, "are 10 values, got 12");
  assertThrows(
    () => pointSet(COORDINATES.with(7, NaN), [6, 2]),
    RangeError,
    "coordinate 1 of point 3 is NaN; coordinates must be finite numbers",
  );
});
