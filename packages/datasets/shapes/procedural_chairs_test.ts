import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { volume } from "./shape_testing.ts";
import { chairOccupancy, proceduralChairs } from "./procedural_chairs.ts";

async function shapes(items: readonly number[], resolution: number, seed = 0): Promise<Uint8Array[]> {
  const features = await proceduralChairs({ count: 2000, resolution, seed }).batch(items);
  const size = resolution ** 3;
  return items.map((_, row) =>
    Uint8Array.from(features.subarray(row * size, (row + 1) * size), (value) => value > 0 ? 1 : 0)
  );
}

const ITEMS = Array.from({ length: 120 }, (_, i) => i);

Deno.test("proceduralChairs() depends on seed and item alone", async () => {
  const [a, b, again] = await shapes([3, 1999, 3], 16);
  assertEquals(a, again);
  assertNotEquals(a, b);
  assertEquals((await shapes([1999], 16))[0], b);
  assertNotEquals((await shapes([3], 16, 1))[0], a);
  const { items, display } = proceduralChairs();
  assertEquals([items, display], [2000, { kind: "volume", resolution: 32 }]);
});

Deno.test("proceduralChairs() with truncation has features in (-1, 1) near surfaces, positive inside", async () => {
  const distances = await proceduralChairs({ resolution: 16, truncation: 0.1 }).batch([5, 9, 5]);
  assertEquals(distances.subarray(0, 4096), distances.subarray(8192));
  const [occupancy] = await shapes([5], 16);
  const between = distances.subarray(0, 4096).filter((value) => Math.abs(value) < 1);
  assert(between.length > 400, `${between.length} points`);
  for (const truncation of [-0.1, 3, NaN]) {
    assertThrows(
      () => proceduralChairs({ truncation }),
      RangeError,
      "truncation distance must be from 0 to 2",
    );
  }
  // Signs agree with occupancy far from the surface; near it the two rules differ.
  occupancy!.forEach((voxel, i) =>
    Math.abs(distances[i]!) > 0.8 && assertEquals(distances[i]! > 0, voxel === 1)
  );
});

Deno.test("proceduralChairs() stand on the floor, connected at 32³ and mostly at 16³", async () => {
  for (const [resolution, allowed] of [[32, 0], [16, 4]] as const) {
    let broken = 0;
    for (const voxels of await shapes(ITEMS, resolution)) {
      assert(voxels.some((voxel, i) => voxel === 1 && i % resolution === 0), "nothing on the floor");
      if (connectedVoxels(voxels, resolution) !== volume(voxels)) broken++;
    }
    assert(broken <= allowed, `${broken} of ${ITEMS.length} are disconnected at ${resolution}³`);
  }
});

/** Counts the voxels of the first one's component, with 26 neighbours per voxel. */
function connectedVoxels(voxels: Uint8Array, resolution: number): number {
  const seen = new Uint8Array(voxels.length), first = voxels.indexOf(1), pending = [first];
  seen[first] = 1;
  for (let at = 0; at < pending.length; at++) {
    const position = [resolution ** 2, resolution, 1].map((stride) =>
      Math.floor(pending[at]! / stride) % resolution
    );
    for (let step = 0; step < 27; step++) {
      const next = position.map((index, axis) => index + Math.floor(step / 3 ** axis) % 3 - 1);
      if (next.some((index) => index < 0 || index >= resolution)) continue;
      const voxel = (next[0]! * resolution + next[1]!) * resolution + next[2]!;
      if (voxels[voxel] === 0 || seen[voxel] === 1) continue;
      seen[voxel] = 1;
      pending.push(voxel);
    }
  }
  return pending.length;
}

Deno.test("proceduralChairs() fill the same share of the box at all resolutions, with their backs behind", async () => {
  const mean = async (resolution: number) => {
    const some = await shapes(ITEMS.slice(0, 40), resolution);
    return some.reduce((sum, voxels) => sum + volume(voxels), 0) / some.length / resolution ** 3;
  };
  assertAlmostEquals(await mean(20) / await mean(40), 1, 0.1);
  const grids = await shapes(ITEMS, 16);
  const upper = grids.map((voxels) => {
    let front = 0, behind = 0;
    voxels.forEach((voxel, i) => {
      if (i % 16 < 14) return;
      if (Math.floor(i / 16) % 16 < 8) front += voxel;
      else behind += voxel;
    });
    return behind > front;
  });
  assert(upper.filter(Boolean).length > 0.8 * ITEMS.length);
});

Deno.test("chairOccupancy() is the function that the grids sample", async () => {
  for (const item of [0, 1, 2, 5]) {
    const inside = chairOccupancy(item), [voxels] = await shapes([item], 33);
    let missing = 0;
    voxels!.forEach((voxel, i) => {
      const at = [Math.floor(i / 1089), Math.floor(i / 33) % 33, i % 33].map((index) => -1 + index / 16);
      if (inside(at[0]!, at[1]!, at[2]!) && voxel === 0) missing++;
    });
    assertEquals(missing, 0);
  }
});

Deno.test("proceduralChairs() rejects numbers out of range", () => {
  assertThrows(
    () => proceduralChairs({ count: 0 }),
    RangeError,
    "number of chairs must be a positive integer",
  );
  assertThrows(() => chairOccupancy(0, { legThickness: [0.3, 0.2] }), RangeError, "0.3 to 0.2");
  assertThrows(() => chairOccupancy(-1), RangeError);
});
