/**
 * Shapes as they come: holes, turned, doubled and loose faces, split vertices, parts that overlap or touch. Their voxels are
 * compared with those of the intact surface, which closed forms and exact crossings confirm.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { randomUniform } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import { boxMesh, joined, sphereMesh, volume } from "../shape_testing.ts";
import { voxelise } from "./voxelise.ts";

const RESOLUTION = 32;

function draws(count: number, stream: string): Float32Array {
  return randomUniform({ seed: 7, stream, step: 0 }, count, 0, 1);
}

/** Changes the triangles of a mesh one by one: each becomes a list of corners. */
function changed(
  { positions, triangles }: TriangleMesh,
  change: (triangle: readonly [number, number, number], index: number) => readonly number[],
): TriangleMesh {
  const corners: number[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    corners.push(...change([triangles[i]!, triangles[i + 1]!, triangles[i + 2]!], i / 3));
  }
  return { positions, triangles: Uint32Array.from(corners) };
}

/** Share of the shape's voxels (inside or outside) that two grids agree in. */
function agreement(a: Uint8Array, b: Uint8Array): number {
  const either = a.reduce((sum, value, i) => sum + (value | b[i]!), 0);
  const both = a.reduce((sum, value, i) => sum + (value & b[i]!), 0);
  return both / either;
}

const SHAPES: Readonly<Record<string, TriangleMesh>> = {
  ball: sphereMesh(24),
  // A chair of overlapping parts.
  chair: [
    boxMesh([0, 0, 4], [8, 8, 5]),
    boxMesh([0, 7, 4], [8, 8, 12]),
    ...[[0, 0], [7, 0], [0, 7], [7, 7]].map(([x, y]) => boxMesh([x!, y!, 0], [x! + 1, y! + 1, 4.5])),
  ].reduce(joined),
};

for (const [name, mesh] of Object.entries(SHAPES)) {
  const intact = voxelise(mesh, { resolution: RESOLUTION });
  const count = mesh.triangles.length / 3;
  const voxels = (broken: TriangleMesh, report?: (message: string) => void) =>
    voxelise(broken, { resolution: RESOLUTION, ...(report && { report }) });

  Deno.test(`voxelise() of a ${name} does not depend on the orientation of its faces`, () => {
    for (const share of [0.01, 0.1, 0.3]) {
      const draw = draws(count, "flip");
      const flipped = changed(mesh, ([a, b, c], i) => draw[i]! < share ? [a, c, b] : [a, b, c]);
      // A component of 12 faces may lose its majority, and is then outward by its volume.
      assertEquals(voxels(flipped), intact);
    }
    assertEquals(voxels(changed(mesh, ([a, b, c]) => [a, c, b])), intact, "inside out");
  });

  Deno.test(`voxelise() of a ${name} ignores copies of faces and both sides of them`, () => {
    const draw = draws(count, "double");
    const doubled = (share: number, isTurned: boolean) =>
      changed(
        mesh,
        ([a, b, c], i) => draw[i]! < share ? [a, b, c, a, isTurned ? c : b, isTurned ? b : c] : [a, b, c],
      );
    for (const share of [0.05, 0.5, 1]) {
      assertEquals(voxels(doubled(share, false)), intact, `${share} copied`);
      assertEquals(voxels(doubled(share, true)), intact, `${share} double-sided`);
    }
  });

  Deno.test(`voxelise() of a ${name} welds vertices that are split or moved by rounding`, () => {
    const draw = draws(9 * count, "jitter");
    const split = (jitter: number): TriangleMesh => ({
      positions: Float32Array.from(mesh.triangles, (_, i) => i).reduce((positions, i) => {
        for (let axis = 0; axis < 3; axis++) {
          positions[3 * i + axis] = mesh.positions[3 * mesh.triangles[i]! + axis]! +
            jitter * (draw[3 * i + axis]! - 0.5);
        }
        return positions;
      }, new Float32Array(9 * count)),
      triangles: mesh.triangles.map((_, i) => i),
    });
    assertEquals(voxels(split(0)), intact);
    assertGreater(agreement(voxels(split(1e-6)), intact), 0.999);
  });

  Deno.test(`voxelise() of a ${name} closes the holes of deleted faces and says so`, () => {
    for (
      const [share, least] of name === "ball"
        ? [[0.01, 0.995], [0.05, 0.985], [0.1, 0.97]] as const
        : [[0.03, 0.9]] as const
    ) {
      const draw = draws(count, "delete"), messages: string[] = [];
      const broken = changed(mesh, (triangle, i) => draw[i]! < share ? [] : triangle);
      assert(broken.triangles.length < mesh.triangles.length);
      assertGreater(agreement(voxels(broken, (message) => messages.push(message)), intact), least);
      assertEquals(messages.length, 1);
      assert(/is not watertight \([1-9]\d* of \d+ edges are open/.test(messages[0]!), messages[0]);
      assertThrows(
        () => voxelise(broken, { resolution: RESOLUTION, rule: "parity" }),
        DataError,
        "is not watertight",
      );
    }
  });
}

Deno.test("voxelise() unites parts that face inwards, and leaves cavities", () => {
  const box = boxMesh([0, 0, 0], [8, 8, 8]),
    turned = (mesh: TriangleMesh) => changed(mesh, ([a, b, c]) => [a, c, b]);
  const other = boxMesh([4, 4, 4], [12, 12, 12]), inner = boxMesh([2, 2, 2], [6, 6, 6]);
  const options = { resolution: 26 };
  assertEquals(voxelise(joined(box, turned(other)), options), voxelise(joined(box, other), options));
  const hollow = voxelise(joined(box, turned(inner)), options);
  assertEquals(hollow, voxelise(joined(box, inner), { ...options, rule: "parity" }));
  assertGreater(volume(voxelise(box, options)), volume(hollow));
});

Deno.test("voxelise() unites boxes that share a wall", () => {
  const options = { resolution: 24 };
  const [left, right] = [boxMesh([0, 0, 0], [4, 4, 4]), boxMesh([4, 0, 0], [8, 4, 4])];
  assertEquals(voxelise(joined(left, right), options), voxelise(boxMesh([0, 0, 0], [8, 4, 4]), options));
});

Deno.test("voxelise() refuses shapes without an inside, with the cause and a resolution that would do", () => {
  const sheet = changed(boxMesh([0, 0, 0], [1, 1, 0]), (triangle, i) => i < 2 ? triangle : []);
  const bothSides = changed(sheet, ([a, b, c]) => [a, b, c, a, c, b]);
  const refused = (mesh: TriangleMesh, message: string) =>
    assertThrows(() => voxelise(mesh, { resolution: 32, name: "a.obj" }), DataError, message);
  refused(sheet, "a.obj");
  refused(bothSides, "double-sided sheets");
  const plate = boxMesh([0, 0, 0], [1, 1, 0.01]);
  const { message } = assertThrows(() => voxelise(plate, { resolution: 32, name: "plate.obj" }), DataError);
  const advised = Number(/--resolution of about (\d+)/.exec(message)?.[1]);
  assertGreater(volume(voxelise(plate, { resolution: advised })), 0);
});
