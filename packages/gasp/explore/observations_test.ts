/** @module */
import { gridCoordinates } from "@gasp/datasets";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  chooseFraction,
  chooseRegion,
  meanSquaredError,
  observationsOf,
  takePoints,
} from "./observations.ts";

const sizes = { coordinateDim: 2, featureDim: 1 };
const coordinates = gridCoordinates([5, 5]);
const features = Float32Array.from({ length: 25 }, (_, i) => i / 25);

Deno.test("chooseFraction() draws without replacement, differently for each item and seed", () => {
  const chosen = chooseFraction(25, 0.4, 0);
  assertEquals([chosen.length, new Set(chosen).size], [10, 10]);
  assertEquals(chosen, chooseFraction(25, 0.4, 0, 0));
  assert(chosen.join() !== chooseFraction(25, 0.4, 0, 1).join());
  assert(chosen.join() !== chooseFraction(25, 0.4, 1).join());
  assertEquals(chooseFraction(25, 0.001, 0).length, 1);
  assertEquals(chooseFraction(25, 1, 0), Array.from({ length: 25 }, (_, i) => i));
  for (const part of [0, 1.5, NaN]) {
    assertThrows(() => chooseFraction(25, part, 0), RangeError, `got ${part}`);
  }
});

Deno.test("chooseRegion() chooses the points in a box, ends included", () => {
  assertEquals(chooseRegion(coordinates, [[-1, -0.5], [0.5, 1]]), [3, 4, 8, 9]);
});

Deno.test("takePoints() and observationsOf() stack chosen points of several functions", () => {
  const all = { coordinates, features };
  const some = [takePoints(all, [7, 2], sizes), takePoints(all, [0, 24], sizes)];
  const joined = observationsOf(some, sizes);
  assertEquals([joined.targets, joined.points], [2, 2]);
  assertEquals([...joined.features], [7, 2, 0, 24].map((i) => Math.fround(i / 25)));
  assertEquals([...joined.coordinates], [-0.5, 0, -1, 0, -1, -1, 1, 1]);
  assertThrows(
    () => observationsOf([takePoints(all, [1], sizes), some[0]!], sizes),
    RangeError,
    "function 1 has 2 points, but the first one has 1",
  );
  assertThrows(() => observationsOf([], sizes), RangeError, "nothing is observed");
});

Deno.test("meanSquaredError() is the mean of squared differences", () => {
  assertEquals(meanSquaredError([1, 2], [0, 4]), 2.5);
});
