/**
 * Fuzz tests of shape files: every reader must return a result or throw a DataError.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { gzip, randomIntegers, writeNpy, writeNpz } from "@gasp/tensor";
import { readBinvox } from "./binvox.ts";
import { DataError } from "../core/data_error.ts";
import { parseObj } from "./formats/mesh_obj.ts";
import { parseMesh } from "./mesh.ts";
import { readOccupancyPoints } from "./occupancy_points.ts";
import {
  binvoxFile,
  boxMesh,
  glbFile,
  lopsided,
  objFile,
  offFile,
  plyFile,
  stlFile,
} from "./shape_testing.ts";
import type { TriangleMesh } from "./formats/triangle_mesh.ts";
import { readVoxelFile } from "./voxel_file.ts";
import { voxelise } from "./surface/voxelise.ts";

/** Number of mutations per test: 400, or the value of the environment variable `GASP_FUZZ`. */
function mutations(): number {
  return Number(Deno.env.get("GASP_FUZZ") ?? 400);
}

/** Returns a copy of a file with bytes changed, removed or inserted. */
function mutated(valid: Uint8Array, step: number): Uint8Array {
  const draws = randomIntegers({ seed: 4, stream: "fuzz", step }, 32, 2 ** 32);
  let next = 0;
  const draw = (bound: number) => (draws[next++] ?? 0) % bound;
  let bytes = Array.from(valid);
  for (let change = draw(4); change >= 0; change--) {
    // Half of the changes are at the beginning, where headers are.
    const at = draw(2) === 0 ? draw(bytes.length + 1) : draw(Math.min(bytes.length, 200) + 1);
    const value = draw(2) === 0 ? draw(256) : '0123456789-. \n/"[]{}'.charCodeAt(draw(20));
    switch (draw(5)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes.splice(at, draw(8));
        break;
      case 2:
        bytes.splice(at, 0, value, draw(256));
        break;
      default:
        if (at < bytes.length) bytes[at] = value;
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * Feeds damaged files to a reader, which must return a result or throw a DataError.
 *
 * @param valid An undamaged file.
 * @param read Reader.
 * @param check Checks a result.
 * @returns Number of rejected files.
 */
async function fuzz<T>(
  valid: Uint8Array,
  read: (bytes: Uint8Array) => T | Promise<T>,
  check: (result: T, bytes: Uint8Array) => void,
): Promise<number> {
  let rejected = 0;
  for (let step = 0; step < mutations(); step++) {
    const bytes = mutated(valid, step);
    let result: T;
    try {
      result = await read(bytes);
    } catch (error) {
      if (!(error instanceof DataError)) throw new Error(`mutation ${step} failed`, { cause: error });
      rejected++;
      continue;
    }
    check(result, bytes);
  }
  return rejected;
}

function assertMesh({ positions, triangles }: TriangleMesh): void {
  assert(positions.length % 3 === 0 && triangles.length % 3 === 0 && triangles.length > 0);
  assert(positions.every(Number.isFinite) && triangles.every((corner) => 3 * corner < positions.length));
}

const CUBE = boxMesh([-1, -2, -3], [1, 2, 3]);
const MESHES = {
  "cube.obj": objFile(CUBE),
  "ascii.ply": plyFile(CUBE, "ascii"),
  "little.ply": plyFile(CUBE, "binary_little_endian"),
  "big.ply": plyFile(CUBE, "binary_big_endian"),
  "cube.off": offFile(CUBE),
  "text.stl": stlFile(CUBE, "text"),
  "binary.stl": stlFile(CUBE, "binary"),
  "cube.glb": glbFile(CUBE, {
    nodes: [{ children: [1], scale: [1, 2, 3] }, { mesh: 0, rotation: [0, 0, 0, 1] }],
  }),
};

for (const [name, valid] of Object.entries(MESHES)) {
  Deno.test(`parseMesh() survives mutations of ${name}`, async () => {
    const rejected = await fuzz(valid, (bytes) => parseMesh(bytes, name), (mesh, bytes) => {
      assertMesh(mesh);
      assert(mesh.positions.byteLength + mesh.triangles.byteLength <= 300 * bytes.length);
    });
    assert(rejected > mutations() / 4, `${rejected} rejected`);
  });
}

Deno.test("voxelise() survives mutated meshes", async () => {
  await fuzz(
    MESHES["cube.obj"],
    (bytes) => voxelise(parseObj(bytes, "cube.obj"), { resolution: 5 }),
    (voxels) => assertEquals(voxels.length, 125),
  );
});

Deno.test("readBinvox() survives mutations", async () => {
  const valid = binvoxFile(8, lopsided(8));
  for (const file of [valid, gzip(valid)]) {
    const rejected = await fuzz(file, (bytes) => readBinvox(bytes), ({ resolution, voxels }) => {
      assertEquals(voxels.length, resolution ** 3);
      assert(voxels.every((voxel) => voxel < 2));
    });
    assert(rejected > mutations() / 4, `${rejected} rejected`);
  }
});

Deno.test("readVoxelFile() survives mutations", async () => {
  const array = { shape: [3, 3, 3], data: new Float32Array(27) };
  for (const file of [writeNpy(array), writeNpz([["a", array]])]) {
    await fuzz(file, (bytes) => readVoxelFile(bytes), (grids) => {
      for (let item = 0; item < grids.count; item++) {
        assertEquals(grids.grid(item).length, grids.resolution ** 3);
      }
    });
  }
});

Deno.test("readOccupancyPoints() survives mutations", async () => {
  const file = writeNpy({ shape: [2, 3, 4], data: new Float32Array(24) });
  await fuzz(file, (bytes) => readOccupancyPoints(bytes), ({ count, points, positions, features }) => {
    assertEquals([positions.length, features.length], [3 * count * points, count * points]);
    assert(positions.every((x) => Math.abs(x) < 1.001));
  });
});
