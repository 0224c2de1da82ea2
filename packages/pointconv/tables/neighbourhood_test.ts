import { isKernelDevice, openDevice, randomUniform, reference } from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { LayerPoints } from "./layer_points.ts";
import {
  findNeighbourhoods,
  type Neighbourhood,
  neighbourhoodFrom,
  neighbourhoodSearch,
} from "./neighbourhood.ts";
import { cloudOf, type PointSet, pointSet } from "../search/point_set.ts";

const random = (count: number) => randomUniform({ seed: 5, stream: "points", step: 0 }, count, -1, 1);

async function findOne(points: PointSet, layer: LayerPoints, norm = 2): Promise<Neighbourhood> {
  const [found] = await findNeighbourhoods(points, [layer], { norm, device: reference });
  return found!;
}

Deno.test("findNeighbourhoods() keeps all points in order if all are requested", async () => {
  const points = pointSet(random(20), [10, 2]);
  const { centres, neighbours, outputs } = await findOne(points, { points: 10, neighbours: 3 });
  assertEquals([...centres], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(outputs.coordinates, points.coordinates);
  for (let i = 0; i < 10; i++) assertEquals(neighbours[3 * i], i);
});

Deno.test("findNeighbourhoods() of several clouds equals a search per cloud", async () => {
  const joined = pointSet(random(3 * 12 * 2), [3, 12, 2]);
  const layer = { points: 5, neighbours: 4 };
  const together = await findOne(joined, layer, 1);
  for (let cloud = 0; cloud < 3; cloud++) {
    const alone = await findOne(pointSet(cloudOf(joined, cloud).slice(), [12, 2]), layer, 1);
    const shift = (index: Int32Array) => [...index].map((point) => point + 12 * cloud);
    assertEquals([...together.centres.subarray(5 * cloud, 5 * cloud + 5)], shift(alone.centres));
    assertEquals([...together.neighbours.subarray(20 * cloud, 20 * cloud + 20)], shift(alone.neighbours));
    assertEquals(cloudOf(together.outputs, cloud), alone.outputs.coordinates);
  }
});

Deno.test("findNeighbourhoods() of layers with the same input points equals a search per layer", async () => {
  const points = pointSet(random(80), [40, 2]);
  const layers = [
    { points: 40, neighbours: 3 },
    { points: 40, neighbours: 7 },
    { points: 40, neighbours: 5, radius: 0.3 },
    { points: 10, neighbours: 6 },
    { points: 10, neighbours: 4 },
    { points: 3, neighbours: 9 },
    { points: 1, neighbours: 3 },
  ];
  const together = await findNeighbourhoods(points, layers, { device: reference });
  let inputs = points;
  for (const [i, layer] of layers.entries()) {
    const alone = await findOne(inputs, layer);
    assertEquals(together[i], alone);
    inputs = alone.outputs;
  }
});

Deno.test("findNeighbourhoods() and neighbourhoodFrom() reject mismatched sizes", async () => {
  const points = pointSet(random(20), [10, 2]);
  const find = (layer: LayerPoints) => () => findOne(points, layer);
  await assertRejects(
    find({ points: 11, neighbours: 1 }),
    RangeError,
    "a layer of 11 points needs at least as many inputs, got 10",
  );
  await assertRejects(find({ points: 0, neighbours: 1 }), RangeError, "0 points");
  await assertRejects(
    find({ points: 5, neighbours: 11 }),
    RangeError,
    "11 neighbours requested of 10 points",
  );
  const from = (subsample: number[], neighbours: number[], k: number) => () =>
    neighbourhoodFrom(points, Int32Array.from(subsample), Int32Array.from(neighbours), k);
  assertThrows(from([1], [1, 2, 3], 2), RangeError, "tables for 1 clouds need shapes [1, 1] and [1, 1, 2]");
  assertThrows(from([1], [1, 10], 2), RangeError, "is 10, but points are 0 to 9");
});

Deno.test("pointSet() rejects invalid shapes and coordinates", () => {
  assertThrows(
    () => pointSet(random(20), [20]),
    RangeError,
    "[points, dimension] or [clouds, points, dimension]",
  );
  assertThrows(() => pointSet(random(20), [5, 2]), RangeError, "are 10 values, got 20");
  assertThrows(() => pointSet(random(0), [0, 2]), RangeError, "need shape");
  assertThrows(
    () => pointSet(new Float32Array([1, NaN]), [1, 2]),
    RangeError,
    "coordinate 1 of point 0 is NaN",
  );
});

Deno.test("neighbourhoodSearch() frees all memory of its device", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  assert(isKernelDevice(device));
  const search = neighbourhoodSearch([{ points: 5, neighbours: 3 }], { device });
  const live: number[] = [];
  for (let i = 0; i < 3; i++) {
    await search.find(pointSet(random(20), [10, 2]));
    live.push(device.liveBuffers);
  }
  assertEquals(live, [live[0], live[0], live[0]]);
  search.release();
  // Programs are released in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([device.liveBuffers, device.liveBytes], [0, 0]);
  await device.close();
});
