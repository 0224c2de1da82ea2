import { assertEquals, assertThrows } from "@std/assert";
import { gzip, writeNpy, writeNpz } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { lopsided, volume } from "./shape_testing.ts";
import { readVoxelFile } from "./voxel_file.ts";

const GRID = lopsided(3);

Deno.test("readVoxelFile() reads bytes, booleans and floats, one shape and several, plain and compressed", () => {
  const one = { shape: [3, 3, 3], data: GRID },
    two = { shape: [2, 3, 3, 3], data: Uint8Array.of(...GRID, ...GRID) };
  const floats = { shape: [3, 3, 3], data: Float32Array.from(GRID, (v) => 0.3 + 0.4 * v) };
  const scores = { shape: [9], data: new Float32Array(9) };
  for (
    const [bytes, count] of [
      [writeNpy(one), 1],
      [writeNpy({ ...one, dtype: "b1" }), 1],
      [gzip(writeNpy(two)), 2],
      [writeNpy(floats), 1],
      [writeNpz([["scores", scores], ["voxels", two]], { compress: true }), 2],
    ] as const
  ) {
    const grids = readVoxelFile(bytes, "chairs.npy");
    assertEquals([grids.count, grids.resolution], [count, 3]);
    assertEquals([...grids.grid(count - 1)], [...GRID]);
  }
});

Deno.test("readVoxelFile() converts axes", () => {
  const turned = readVoxelFile(writeNpy({ shape: [3, 3, 3], data: GRID }), "chair.npy", "y-up").grid(0);
  // The project's (x, y, z) = (0, 0, 1) is the file's (x, y, z) = (0, 1, 2).
  assertEquals(turned[1], GRID[5]);
  assertEquals(volume(turned), volume(GRID));
});

Deno.test("readVoxelFile() rejects other arrays and damaged files", () => {
  const flat = { shape: [3, 9], data: GRID };
  assertThrows(() => readVoxelFile(writeNpy(flat), "a.npy"), DataError, "found [3, 9]");
  assertThrows(() => readVoxelFile(new Uint8Array(9), "a.npy"), DataError, "a.npy cannot be read");
  const nan = { shape: [1, 1, 1], data: Float32Array.of(NaN) };
  assertThrows(() => readVoxelFile(writeNpy(nan)), DataError, "a voxel NaN in shape 0");
  const cube = { shape: [3, 3, 3], data: GRID };
  assertThrows(() => readVoxelFile(writeNpz([["a", cube], ["b", cube]])), DataError, "several arrays");
});
