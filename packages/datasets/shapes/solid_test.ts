import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { box, slab } from "./chair_parts.ts";
import { chairSolid } from "./chair_shapes.ts";
import { gridCoordinates } from "../core/grid.ts";
import { insideSolid, solidDepths } from "./solid.ts";

/** What distances between samples, three to a step, may be off by: half of the diagonal of their cells. */
const tolerance = (resolution: number) => Math.sqrt(3) / 2 * 2 / (resolution - 1) / 3;

Deno.test("solidDepths() is the distance to the surface of a box", () => {
  const resolution = 16, reach = 0.5, half = [0.5, 0.3, 0.7];
  const depths = solidDepths([box([-0.5, 0.5], [-0.3, 0.3], [-0.7, 0.7])], resolution, reach);
  const points = gridCoordinates([resolution, resolution, resolution]);
  depths.forEach((depth, i) => {
    const beyond = half.map((size, axis) => Math.abs(points[3 * i + axis]!) - size);
    const distance = Math.max(...beyond) <= 0
      ? -Math.max(...beyond)
      : -Math.hypot(...beyond.map((length) => Math.max(0, length)));
    assertAlmostEquals(depth, Math.max(-1, Math.min(1, distance / reach)), tolerance(resolution) / reach);
  });
});

Deno.test("solidDepths() shows by how much a bar is thicker, though both fall on the same points", () => {
  const middle = (half: number) =>
    solidDepths([slab("round", half, half, 0, [-1, 1])], 17, 0.5)[(8 * 17 + 8) * 17 + 8]!;
  assertAlmostEquals(middle(0.2) - middle(0.1), 0.2, 0.09);
});

Deno.test("solidDepths() has the sign of the solid wherever the surface is not near", () => {
  const resolution = 16, points = gridCoordinates([resolution, resolution, resolution]);
  for (let item = 0; item < 20; item++) {
    const solid = chairSolid(item), depths = solidDepths(solid, resolution, 0.1);
    let near = 0;
    depths.forEach((depth, i) => {
      if (Math.abs(depth) * 0.1 <= tolerance(resolution)) near++;
      else {assertEquals(
          depth > 0,
          insideSolid(solid, points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!),
        );}
    });
    assert(near < depths.length / 3, `${near} of ${depths.length} points are near the surface`);
  }
});

Deno.test("solidDepths() refuses other grids and reaches", () => {
  assertThrows(() => solidDepths([], 1, 0.1), RangeError, "resolution");
  assertThrows(() => solidDepths([], 16, 0), RangeError, "reach");
  assertEquals(solidDepths([], 2, 0.1), new Float32Array(8).fill(-1));
});
