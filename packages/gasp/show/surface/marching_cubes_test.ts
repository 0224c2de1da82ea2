/** @module */
import { randomUniform } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { gridCoordinates } from "@gasp/datasets/display";
import { gridSurface } from "./grid_surface.ts";
import { assertClosed } from "../show_testing.ts";
import { volumeInside } from "./surface.ts";

/** Values of a function at the nodes of a grid. */
function valuesOf(resolution: number, f: (x: number, y: number, z: number) => number): Float32Array {
  const at = gridCoordinates([resolution, resolution, resolution]);
  return Float32Array.from(
    { length: resolution ** 3 },
    (_, i) => f(at[3 * i]!, at[3 * i + 1]!, at[3 * i + 2]!),
  );
}

Deno.test("MarchingCubes produces closed surfaces for all 256 cases of a cell", () => {
  for (let inside = 0; inside < 256; inside++) {
    const random = randomUniform({ seed: inside, stream: "cell", step: 0 }, 8, 0.01, 1);
    // The cell in the middle of 4³ nodes; the others are empty.
    const values = new Float32Array(64).fill(-1);
    for (let corner = 0; corner < 8; corner++) {
      const node = (1 + (corner & 1)) * 16 + (1 + (corner >> 1 & 1)) * 4 + 1 + (corner >> 2);
      values[node] = inside >> corner & 1 ? random[corner]! : -random[corner]!;
    }
    const surface = gridSurface(values, 4);
    assertClosed(surface, `case ${inside}`);
    assertEquals(volumeInside(surface) > 0, inside > 0);
  }
});

Deno.test("MarchingCubes produces closed surfaces of noise up to the border of the box", () => {
  for (const resolution of [2, 3, 5, 12]) {
    for (let seed = 0; seed < 20; seed++) {
      const noise = randomUniform({ seed, stream: "noise", step: resolution }, resolution ** 3, -1, 1);
      // Values of 0, whole numbers and ties are as good as any.
      const values = seed % 2 ? noise : noise.map((value) => Math.round(2 * value) / 2);
      const surface = gridSurface(values, resolution);
      assertClosed(surface, `noise ${seed} at ${resolution}`);
      assert(surface.positions.every((part) => Math.abs(part) <= 1));
      const empty = new Float32Array(resolution ** 3).fill(-1), full = empty.map(() => 1);
      assert(volumeInside(surface) >= 0 && volumeInside(surface) <= 8);
      assertEquals(gridSurface(empty, resolution).triangles.length, 0);
      assert(Math.abs(volumeInside(gridSurface(full, resolution)) - 8) < 1e-5);
      assertClosed(gridSurface(full, resolution), "a full box");
    }
  }
});

Deno.test("gridSurface() of a ball has the right volume and normals", () => {
  const radius = 0.7, resolution = 48;
  const surface = gridSurface(valuesOf(resolution, (x, y, z) => radius - Math.hypot(x, y, z)), resolution);
  const expected = 4 / 3 * Math.PI * radius ** 3;
  assert(Math.abs(volumeInside(surface) / expected - 1) < 5e-3);
  for (let i = 0; i < surface.positions.length; i += 3) {
    const cosine = [0, 1, 2].reduce(
      (sum, axis) => sum + surface.positions[i + axis]! * surface.normals[i + axis]!,
      0,
    );
    assert(cosine / Math.hypot(...surface.positions.subarray(i, i + 3)) > 0.999);
  }
});

Deno.test("gridSurface() clips a shape that leaves the box at its border", () => {
  const half = gridSurface(valuesOf(33, (x) => x + 0.27), 33);
  assertClosed(half, "half a box");
  assert(Math.abs(volumeInside(half) - 5.08) < 1e-4, String(volumeInside(half)));
});

Deno.test("MarchingCubes throws for values that are not a grid", () => {
  assertThrows(() => gridSurface(new Float32Array(26), 3), RangeError, "plane 3 of 8 values");
});
