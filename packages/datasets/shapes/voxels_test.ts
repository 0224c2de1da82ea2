import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { lopsided } from "./shape_testing.ts";
import { memoizeGrids, resizeVoxels, voxelDataset, voxelGrids } from "./voxels.ts";

Deno.test("voxelDataset() presents voxels as points with features -1 and 1", async () => {
  const voxels = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0);
  const data = voxelDataset("pair", voxelGrids(2, voxels));
  assertEquals([data.items, data.pointCount, data.coordinateDim, data.featureDim], [2, 8, 3, 1]);
  assertEquals(data.display, { kind: "volume", resolution: 2 });
  assertEquals([...data.coordinates.subarray(0, 6)], [-1, -1, -1, -1, -1, 1]);
  assertEquals([...await data.batch([1, 0])], [1, ...Array<number>(14).fill(-1), 1]);
  await assertRejects(() => data.batch([2]), RangeError, "has items 0 to 1");
  assertThrows(() => voxelDataset("none", voxelGrids(2, new Uint8Array())), RangeError, "no shapes");
});

Deno.test("voxelGrids() rejects a number of voxels that is not a multiple of a shape", () => {
  assertThrows(() => voxelGrids(2, new Uint8Array(9)), RangeError, "9 voxels");
});

Deno.test("resizeVoxels() halves by the half-pixel convention: a block is inside if any of its voxels is", () => {
  const from = 6,
    grid = lopsided(from).map((voxel, i) => i % 5 === 0 ? voxel : 0),
    small = resizeVoxels(grid, from, 3);
  for (let i = 0; i < 27; i++) {
    const x = 2 * Math.floor(i / 9), y = 2 * (Math.floor(i / 3) % 3), z = 2 * (i % 3);
    const block = [0, 1, 2, 3, 4, 5, 6, 7].map((j) =>
      grid[((x + (j >> 2)) * from + y + ((j >> 1) & 1)) * from + z + (j & 1)]!
    );
    assertEquals(small[i], Math.max(...block));
  }
});

Deno.test("resizeVoxels() doubles by weights of 3/4 and 1/4, inside above 0.05", () => {
  // One corner voxel of 2³: weights 1, 3/4, 1/4, 0 along each axis, so 1/64 and 3/64 are outside, 9/64 is inside.
  const doubled = resizeVoxels(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), 2, 4);
  const weights = [1, 0.75, 0.25, 0];
  const expected = weights.flatMap((a) =>
    weights.flatMap((b) => weights.map((c) => a * b * c > 0.05 ? 1 : 0))
  );
  assertEquals([...doubled], expected);
  assertEquals([expected[21], expected[42], expected[22], expected[26]], [1, 0, 1, 0]);
});

Deno.test("voxelDataset() resizes an item once, on first use", async () => {
  let computed = 0;
  const grids = memoizeGrids(3, 4, () => (computed++, lopsided(4)));
  const data = voxelDataset("lopsided", grids, { resolution: 2 });
  assertEquals([data.pointCount, computed], [8, 0]);
  await data.batch([1, 1]);
  assertEquals([...await data.batch([1])], Array.from(resizeVoxels(lopsided(4), 4, 2), (v) => 2 * v - 1));
  assertEquals(computed, 1);
});
