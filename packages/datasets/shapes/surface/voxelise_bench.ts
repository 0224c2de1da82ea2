/**
 * Prints how well broken meshes are voxelised, and how long large ones take: `deno run -A voxelise_bench.ts`.
 *
 * Agreement is the share of the voxels inside of either shape that are inside of both, the intact and the broken one.
 *
 * @module
 */
import { randomUniform } from "@gasp/tensor";
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import { boxMesh, joined, sphereMesh } from "../shape_testing.ts";
import { voxelise } from "./voxelise.ts";

/** A torus of radius 1 with a tube of radius 0.35: a surface with a hole that must stay open. */
function torusMesh(around: number, along: number): TriangleMesh {
  const positions: number[] = [], triangles: number[] = [];
  for (let i = 0; i < around; i++) {
    for (let j = 0; j < along; j++) {
      const [u, v] = [2 * Math.PI * i / around, 2 * Math.PI * j / along], radius = 1 + 0.35 * Math.cos(v);
      positions.push(radius * Math.cos(u), radius * Math.sin(u), 0.35 * Math.sin(v));
      const at = (a: number, b: number) => (a % around) * along + b % along;
      triangles.push(at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j), at(i + 1, j + 1), at(i, j + 1));
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

function broken(mesh: TriangleMesh, share: number, change: (corners: number[]) => number[]): TriangleMesh {
  const count = mesh.triangles.length / 3,
    draw = randomUniform({ seed: 3, stream: "faces", step: 0 }, count, 0, 1);
  const triangles = Array.from({ length: count }, (_, i) => {
    const corners = [...mesh.triangles.subarray(3 * i, 3 * i + 3)];
    return draw[i]! < share ? change(corners) : corners;
  });
  return { ...mesh, triangles: Uint32Array.from(triangles.flat()) };
}

function agreement(a: Uint8Array, b: Uint8Array): number {
  let either = 0, both = 0;
  for (let i = 0; i < a.length; i++) {
    either += a[i]! | b[i]!;
    both += a[i]! & b[i]!;
  }
  return both / either;
}

const CHANGES: Readonly<Record<string, (corners: number[]) => number[]>> = {
  deleted: () => [],
  flipped: ([a, b, c]) => [a!, c!, b!],
  doubled: ([a, b, c]) => [a!, b!, c!, a!, b!, c!],
  "double-sided": ([a, b, c]) => [a!, b!, c!, a!, c!, b!],
};

const boxes = [
  boxMesh([0, 0, 4], [8, 8, 5]),
  boxMesh([0, 7, 4], [8, 8, 12]),
  boxMesh([0, 0, 0], [1, 1, 4.5]),
];
const SHAPES = { ball: sphereMesh(40), torus: torusMesh(96, 40), chair: boxes.reduce(joined) };
for (const [name, mesh] of Object.entries(SHAPES)) {
  const intact = voxelise(mesh, { resolution: 64 });
  for (const [what, change] of Object.entries(CHANGES)) {
    const shares = [0.01, 0.02, 0.05, 0.1].map((share) => {
      const voxels = voxelise(broken(mesh, share, change), { resolution: 64 });
      return `${100 * share} %: ${(100 * agreement(intact, voxels)).toFixed(2)} %`;
    });
    console.log(`${name}, ${mesh.triangles.length / 3} faces, ${what}  ${shares.join("  ")}`);
  }
}

const large = sphereMesh(570), faces = large.triangles.length / 3;
const open = broken(large, 0.01, () => []);
for (const resolution of [64, 128]) {
  for (const [what, mesh] of Object.entries({ "watertight": large, "1 % of faces deleted": open })) {
    const start = performance.now();
    voxelise(mesh, { resolution });
    console.log(
      `${faces} faces at ${resolution}³, ${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
  }
}
