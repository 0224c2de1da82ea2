/** @module */
import { writeNpz } from "@gasp/tensor";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { readPointFile } from "./point_file.ts";

const display = {
  kind: "sphere",
  latitudes: 3,
  longitudes: 4,
  scale: { low: 200, high: 300, units: "K" },
} as const;
const options = { name: "a.npz", display, item: 1, coordinateDim: 3, featureDim: 1 };
const array = (shape: number[], values: number[]) => ({ shape, data: Float32Array.from(values) });
const coordinates = array([2, 3], [1, 0, 0, 0, 1, 0]);

Deno.test("readPointFile() reads one of several functions and converts its units", () => {
  const bytes = writeNpz([["coordinates", coordinates], ["features", array([2, 2, 1], [1, 2, 250, 300])]]);
  const { features, ...rest } = readPointFile(bytes, options);
  assertEquals([...features], [0, 1]);
  assertEquals(rest.coordinates, coordinates.data);
});

Deno.test("readPointFile() accepts degrees for points of the sphere", () => {
  const degrees = [["latitude", array([3], [0, 90, -30])], ["longitude", array([3], [90, 0, 180])]] as const;
  const { coordinates, features } = readPointFile(
    writeNpz([...degrees, ["features", array([3], [200, 250, 300])]]),
    options,
  );
  const expected = [0, 1, 0, 0, 0, 1, -Math.sqrt(0.75), 0, -0.5];
  coordinates.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-6));
  assertEquals([...features], [-1, 0, 1]);
});

Deno.test("readPointFile() explains what does not match", () => {
  const degree = (...values: number[]) => array([values.length], values);
  const features = array([2, 1], [250, 300]);
  const refused: [Parameters<typeof writeNpz>[0], string][] = [
    [[["coordinates", coordinates]], "a.npz has no array named features; its arrays are coordinates"],
    [[["coordinates", array([3, 2], [1, 0, 0, 0, 1, 0])], ["features", features]], "has shape (3, 2)"],
    [[["coordinates", array([1, 3], [1, 1, 0])], ["features", features]], "point 0 in a.npz has norm 1.41"],
    [[["latitude", degree(0)], ["longitude", degree(1, 2)]], "1 latitudes and 2 longitudes"],
    [[["latitude", degree(91)], ["longitude", degree(1)]], "is at 91° north, 1° east"],
    [[["coordinates", coordinates], ["features", array([1, 1], [250])]], "2 points but features of 1"],
    [[["coordinates", coordinates], ["features", array([2, 1], [250, NaN])]], "not finite"],
    [[["coordinates", coordinates], ["features", array([2, 1, 1], [1, 2])]], "2 points but features of 1"],
  ];
  for (const [arrays, message] of refused) {
    assertThrows(() => readPointFile(writeNpz(arrays), options), UserError, message);
  }
  const several = writeNpz([["coordinates", coordinates], ["features", array([2, 2, 1], [1, 2, 3, 4])]]);
  assertThrows(() => readPointFile(several, { ...options, item: 2 }), UserError, "items 0 to 1, got item 2");
  assertThrows(() => readPointFile(new Uint8Array(30), options), UserError, "a.npz cannot be read");
});
