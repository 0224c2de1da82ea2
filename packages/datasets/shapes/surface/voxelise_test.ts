import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { randomUniform } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";
import { boxMesh, joined, sphereMesh, volume } from "../shape_testing.ts";
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import { voxelise } from "./voxelise.ts";

const CELL = (2 / 63) ** 3;

Deno.test("voxelise() preserves the volume of spheres and cubes within one per cent at 64³", () => {
  const cube = volume(voxelise(boxMesh([0, 0, 0], [7, 7, 7]), { resolution: 64 })) * CELL;
  assertAlmostEquals(cube / 1.9 ** 3, 1, 0.01);
  const ball = volume(voxelise(sphereMesh(60), { resolution: 64 })) * CELL;
  assertAlmostEquals(ball / (4 / 3 * Math.PI * 0.95 ** 3), 1, 0.01);
});

Deno.test("voxelise() handles rays through edges and vertices of a ball", () => {
  for (const resolution of [9, 17, 33]) {
    const voxels = voxelise(sphereMesh(16), { resolution, margin: 0 });
    const step = 2 / (resolution - 1);
    voxels.forEach((voxel, i) => {
      const x = -1 + step * Math.floor(i / resolution ** 2);
      const radius = Math.hypot(
        x,
        -1 + step * (Math.floor(i / resolution) % resolution),
        -1 + step * (i % resolution),
      );
      if (radius < 0.97) assertEquals(voxel, 1, `radius ${radius} is outside`);
      if (radius > 1 + 1e-6) assertEquals(voxel, 0, `radius ${radius} is inside`);
    });
  }
});

Deno.test("voxelise() agrees with barycentric coordinates in random tetrahedra", () => {
  for (let step = 0; step < 20; step++) {
    const positions = randomUniform({ seed: 5, stream: "corners", step }, 12, -1, 1);
    const mesh = { positions, triangles: Uint32Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3) };
    const corner = (i: number) => [0, 1, 2].map((axis) => positions[3 * i + axis]!);
    const low = [0, 1, 2].map((axis) => Math.min(...[0, 1, 2, 3].map((i) => corner(i)[axis]!)));
    const high = [0, 1, 2].map((axis) => Math.max(...[0, 1, 2, 3].map((i) => corner(i)[axis]!)));
    const scale = 1.8 / Math.max(...high.map((x, axis) => x - low[axis]!));
    const fitted = [0, 1, 2, 3].map((i) =>
      corner(i).map((x, axis) => (x - (low[axis]! + high[axis]!) / 2) * scale)
    );
    const weightsAt = (i: number) =>
      barycentric(
        fitted,
        [Math.floor(i / 144), Math.floor(i / 12) % 12, i % 12].map((index) => -1 + index * 2 / 11),
      );
    const weights = Array.from({ length: 12 ** 3 }, (_, i) => weightsAt(i));
    const options = { resolution: 12, margin: 0.1 };
    if (!weights.some((w) => Math.min(...w) > -1e-3)) {
      assertThrows(() => voxelise(mesh, options), DataError, "nothing inside at 12 points");
      continue;
    }
    voxelise(mesh, options).forEach((voxel, i) => {
      if (Math.min(...weights[i]!.map(Math.abs)) > 1e-3) {
        assertEquals(voxel, Math.min(...weights[i]!) > 0 ? 1 : 0);
      }
    });
  }
});

/** Returns the barycentric coordinates of a point in a tetrahedron: all positive inside. */
function barycentric(corners: number[][], point: number[]): number[] {
  const volumeOf = ([a, b, c, d]: number[][]) => {
    const [u, v, w] = [b!, c!, d!].map((corner) => corner.map((x, axis) => x - a![axis]!));
    return u![0]! * (v![1]! * w![2]! - v![2]! * w![1]!) - u![1]! * (v![0]! * w![2]! - v![2]! * w![0]!) +
      u![2]! * (v![0]! * w![1]! - v![1]! * w![0]!);
  };
  const all = volumeOf(corners);
  return corners.map((_, i) => volumeOf(corners.map((corner, j) => i === j ? point : corner)) / all);
}

Deno.test("voxelise() preserves proportions and converts axes", () => {
  const voxels = voxelise(boxMesh([-1, 0, -3], [1, 8, 3]), {
    resolution: 17,
    orientation: "y-up",
    margin: 0,
  });
  const extent = [0, 0, 0];
  voxels.forEach((voxel, i) => {
    const position = [Math.floor(i / 289), Math.floor(i / 17) % 17, i % 17];
    if (voxel) position.forEach((index, axis) => extent[axis] = Math.max(extent[axis]!, Math.abs(index - 8)));
  });
  assertEquals(extent, [2, 6, 8]);
});

Deno.test("voxelise() unites overlapping parts and leaves cavities empty", () => {
  const a = boxMesh([0, 0, 0], [4, 4, 4]), b = boxMesh([2, 2, 2], [8, 8, 8]);
  const options = { resolution: 18, margin: 0 };
  const both = voxelise(joined(a, b), options),
    one = voxelise(joined(a, boxMesh([7.9, 7.9, 7.9], [8, 8, 8])), options);
  one.forEach((voxel, i) => assert(voxel <= both[i]!));
  const inner = boxMesh([2, 2, 2], [6, 6, 6]), outer = boxMesh([0, 0, 0], [8, 8, 8]);
  const flipped = { ...inner, triangles: inner.triangles.slice().reverse() };
  const hollow = voxelise(joined(outer, flipped), options);
  const middle = 9 * 18 ** 2 + 9 * 18 + 9;
  assertEquals([hollow[middle], voxelise(joined(outer, inner), options)[middle]], [0, 1]);
});

Deno.test("voxelise() orients triangles consistently", () => {
  const box = boxMesh([0, 0, 0], [8, 8, 8]);
  const mixed: TriangleMesh = { ...box, triangles: box.triangles.slice() };
  mixed.triangles.subarray(0, 3).reverse();
  assertEquals(voxelise(mixed, { resolution: 10 }), voxelise(box, { resolution: 10 }));
});

Deno.test("voxelise() welds equal vertices and reports open edges", () => {
  const box = boxMesh([0, 0, 0], [8, 8, 8]);
  const apart = {
    positions: Float32Array.from(
      [...box.triangles].flatMap((corner) => [...box.positions.slice(3 * corner, 3 * corner + 3)]),
    ),
    triangles: Uint32Array.from(box.triangles, (_, i) => i),
  };
  assertEquals(voxelise(apart, { resolution: 10 }), voxelise(box, { resolution: 10 }));
  const open = { ...box, triangles: box.triangles.slice(3) };
  assertThrows(
    () => voxelise(open, { resolution: 10, name: "chair.obj", rule: "parity" }),
    DataError,
    "chair.obj is not watertight: 3 of its 18 edges are open",
  );
  const point = { positions: new Float32Array(9), triangles: Uint32Array.of(0, 1, 2) };
  assertThrows(() => voxelise(point, { resolution: 10 }), DataError, "has no extent");
  assertThrows(() => voxelise(box, { resolution: 1 }), RangeError, "integer from 2 to 8192");
  assertThrows(() => voxelise(box, { resolution: 9, margin: 1 }), RangeError, "margin");
});
