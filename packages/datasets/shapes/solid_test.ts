import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { box, slab } from "./chair_parts.ts";
import { chairSolid } from "./chair_shapes.ts";
import { gridCoordinates } from "../core/grid.ts";
import { isInsideSolid, truncatedDistances } from "./solid.ts";

/** Maximum error of distances between samples, three per step: half the diagonal of their cells. */
const tolerance = (resolution: number) => Math.sqrt(3) / 2 * 2 / (resolution - 1) / 3;

Deno.test("truncatedDistances() measures the distance to the surface of a box", () => {
  const resolution = 16, truncation = 0.5, half = [0.5, 0.3, 0.7];
  const distances = truncatedDistances([box([-0.5, 0.5], [-0.3, 0.3], [-0.7, 0.7])], resolution, truncation);
  const points = gridCoordinates([resolution, resolution, resolution]);
  distances.forEach((found, i) => {
    const beyond = half.map((size, axis) => Math.abs(points[3 * i + axis]!) - size);
    const distance = Math.max(...beyond) <= 0
      ? -Math.max(...beyond)
      : -Math.hypot(...beyond.map((length) => Math.max(0, length)));
    const expected = Math.max(-1, Math.min(1, distance / truncation));
    assertAlmostEquals(found, expected, tolerance(resolution) / truncation);
  });
});

Deno.test("truncatedDistances() distinguishes bars of different thickness that cover the same points", () => {
  const middle = (half: number) =>
    truncatedDistances([slab("round", half, half, 0, [-1, 1])], 17, 0.5)[(8 * 17 + 8) * 17 + 8]!;
  assertAlmostEquals(middle(0.2) - middle(0.1), 0.2, 0.09);
});

Deno.test("truncatedDistances() has the sign of the solid away from its surface", () => {
  const resolution = 16, points = gridCoordinates([resolution, resolution, resolution]);
  for (let item = 0; item < 20; item++) {
    const solid = chairSolid(item), distances = truncatedDistances(solid, resolution, 0.1);
    let near = 0;
    distances.forEach((distance, i) => {
      const [x, y, z] = points.subarray(3 * i, 3 * i + 3);
      if (Math.abs(distance) * 0.1 <= tolerance(resolution)) near++;
      else assertEquals(distance > 0, isInsideSolid(solid, x!, y!, z!));
    });
    assert(near < distances.length / 3, `${near} of ${distances.length} points are near the surface`);
  }
});

Deno.test("truncatedDistances() rejects sizes out of range", () => {
  assertThrows(() => truncatedDistances([], 1, 0.1), RangeError, "resolution must be an integer above 1");
  assertThrows(() => truncatedDistances([], 16, 0), RangeError, "truncation distance must be above 0");
  assertEquals(truncatedDistances([], 2, 0.1), new Float32Array(8).fill(-1));
});
