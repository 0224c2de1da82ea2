import { gridCoordinates } from "@gasp/datasets";
import { nearestNeighbours, type PointSet, pointSet, takeRows } from "@gasp/pointconv";
import { openDevice } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { chooseSubset, type SubsetConfig } from "./subset.ts";

const device = await openDevice("wasm", { threads: 1 });
const points = pointSet(gridCoordinates([16, 16]), [256, 2]);

/** Two examples: the first pixel row is occupied in one, the second in the other. */
const features = Float32Array.from({ length: 512 }, (_, i) => {
  const row = Math.floor(i % 256 / 16), example = Math.floor(i / 256);
  return row === example ? 1 : -1;
});

const choose = (subset: SubsetConfig, step = 0, of: PointSet = points) =>
  chooseSubset({ subset, key: { seed: 5, step }, points: of, features, featureDim: 1, device });

async function smallestDistance(index: Int32Array): Promise<number> {
  const rows = takeRows(points.coordinates, index, 2);
  const { distances } = await nearestNeighbours(rows, rows, { dimension: 2, k: 2, device });
  return distances.filter((_, i) => i % 2 === 1).reduce((a, b) => Math.min(a, b));
}

Deno.test("chooseSubset() draws without replacement, differs between steps and is reproducible", async () => {
  for (const how of ["uniform", "blue-noise", "balanced"] as const) {
    const index = await choose({ count: 60, choose: how });
    assertEquals(new Set(index).size, 60);
    assert(index.every((point) => point >= 0 && point < 256));
    assertEquals(await choose({ count: 60, choose: how }), index);
    assert((await choose({ count: 60, choose: how }, 1)).join() !== index.join());
  }
});

Deno.test("chooseSubset() with blue noise spaces points farther apart than uniform sampling", async () => {
  for (let step = 0; step < 5; step++) {
    const uniform = await smallestDistance(await choose({ count: 60, choose: "uniform" }, step));
    const spread = await smallestDistance(await choose({ count: 60, choose: "blue-noise" }, step));
    assert(spread > 1.3 * uniform, `${spread} against ${uniform}`);
  }
});

Deno.test("chooseSubset() that is balanced draws half of the points from the occupied ones, or all of those", async () => {
  const occupied = async (count: number) =>
    (await choose({ count, choose: "balanced" })).filter((point) => point < 32).length;
  assertEquals(await occupied(40), 20);
  assertEquals(await occupied(41), 21);
  assertEquals(await occupied(100), 32);
  assertEquals(await occupied(250), 32);
});

Deno.test("chooseSubset() throws if more points are requested than there are", async () => {
  await assertRejects(
    () => choose({ count: 257, choose: "uniform" }),
    RangeError,
    "a subset of 257 points needs at least as many points, got 256",
  );
});
