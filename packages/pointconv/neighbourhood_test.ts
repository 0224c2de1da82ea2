import { randomUniform } from "@gasp/tensor";
import { assertEquals, assertThrows } from "@std/assert";
import { findNeighbourhood, neighbourhoodFrom } from "./neighbourhood.ts";
import { cloudOf, pointSet } from "./point_set.ts";

const random = (count: number) => randomUniform({ seed: 5, stream: "points", step: 0 }, count, -1, 1);

Deno.test("findNeighbourhood() keeps all points in order where as many are asked for as there are", () => {
  const points = pointSet(random(20), [10, 2]);
  const { centres, neighbours, outputs } = findNeighbourhood(points, { points: 10, neighbours: 3 });
  assertEquals([...centres], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(outputs.coordinates, points.coordinates);
  for (let i = 0; i < 10; i++) assertEquals(neighbours[3 * i], i);
});

Deno.test("findNeighbourhood() of several clouds finds in each what it finds in that cloud alone", () => {
  const joined = pointSet(random(3 * 12 * 2), [3, 12, 2]);
  const options = { points: 5, neighbours: 4, norm: 1 };
  const together = findNeighbourhood(joined, options);
  for (let cloud = 0; cloud < 3; cloud++) {
    const alone = findNeighbourhood(pointSet(cloudOf(joined, cloud).slice(), [12, 2]), options);
    const shift = (index: Int32Array) => [...index].map((point) => point + 12 * cloud);
    assertEquals([...together.centres.subarray(5 * cloud, 5 * cloud + 5)], shift(alone.centres));
    assertEquals([...together.neighbours.subarray(20 * cloud, 20 * cloud + 20)], shift(alone.neighbours));
    assertEquals(cloudOf(together.outputs, cloud), alone.outputs.coordinates);
  }
});

Deno.test("findNeighbourhood() and neighbourhoodFrom() refuse sizes that do not fit, and say why", () => {
  const points = pointSet(random(20), [10, 2]);
  const find = (options: { points: number; neighbours: number }) => () => findNeighbourhood(points, options);
  assertThrows(
    find({ points: 11, neighbours: 1 }),
    RangeError,
    "a layer of 11 points needs at least as many inputs, got 10",
  );
  assertThrows(find({ points: 0, neighbours: 1 }), RangeError, "0 points");
  assertThrows(find({ points: 5, neighbours: 11 }), RangeError, "11 neighbours asked of 10 points");
  const from = (subsample: number[], neighbours: number[], k: number) => () =>
    neighbourhoodFrom(points, Int32Array.from(subsample), Int32Array.from(neighbours), k);
  assertThrows(from([1], [1, 2, 3], 2), RangeError, "tables for 1 clouds need shapes [1, 1] and [1, 1, 2]");
  assertThrows(from([1], [1, 10], 2), RangeError, "names point 10, but points are 0 to 9");
});

Deno.test("pointSet() refuses shapes and numbers that are no points", () => {
  assertThrows(
    () => pointSet(random(20), [20]),
    RangeError,
    "[points, dimension] or [clouds, points, dimension]",
  );
  assertThrows(() => pointSet(random(20), [5, 2]), RangeError, "are 10 numbers, got 20");
  assertThrows(() => pointSet(random(0), [0, 2]), RangeError, "need shape");
  assertThrows(
    () => pointSet(new Float32Array([1, NaN]), [1, 2]),
    RangeError,
    "coordinate 1 of point 0 is NaN",
  );
});
