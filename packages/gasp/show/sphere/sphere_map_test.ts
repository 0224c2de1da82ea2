/** @module */
import { displayCoordinates, type SphereDisplay } from "@gasp/datasets";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { colourOf } from "../draw/colour_map.ts";
import { globe } from "./globe.ts";
import { fieldAt, latitudeOf, longitudeOf, mapWidth } from "./sphere_field.ts";
import { mapPixels, sphereMap } from "./sphere_map.ts";

const BOUNDS = { north: 60, south: 30, west: -20, east: 40 };

/** A field that is linear in latitude and longitude. */
const value = (latitude: number, longitude: number) => latitude / 90 + longitude / 180;

function region(latitudes: number, longitudes: number) {
  const grid = { latitudes, longitudes, bounds: BOUNDS };
  const values = Float32Array.from(
    { length: latitudes * longitudes },
    (_, i) => value(latitudeOf(grid, Math.floor(i / longitudes)), longitudeOf(grid, i % longitudes)),
  );
  return { ...grid, values };
}

Deno.test("fieldAt() interpolates within bounds, over turns, and is NaN outside", () => {
  const field = region(4, 7);
  for (const [latitude, longitude] of [[60, -20], [30, 40], [41.3, 12.7], [59.9, 39.9], [45, -20]] as const) {
    for (const turn of [-360, 0, 360]) {
      assertAlmostEquals(fieldAt(field, latitude, longitude + turn), value(latitude, longitude), 1e-5);
    }
  }
  for (const [latitude, longitude] of [[60.1, 0], [29.9, 0], [45, 40.1], [45, -20.1], [45, 180]] as const) {
    assertEquals(fieldAt(field, latitude, longitude), NaN);
  }
});

Deno.test("the grid of a region agrees with the points at which samples are computed", () => {
  const display: SphereDisplay = {
    kind: "sphere",
    latitudes: 3,
    longitudes: 4,
    bounds: BOUNDS,
    scale: { low: 0, high: 1 },
  };
  const coordinates = displayCoordinates(display);
  for (let i = 0; i < 12; i++) {
    const latitude = latitudeOf(display, Math.floor(i / 4)) * Math.PI / 180;
    assertAlmostEquals(coordinates[3 * i + 2]!, Math.sin(latitude), 1e-6);
    const longitude = Math.atan2(coordinates[3 * i + 1]!, coordinates[3 * i]!) * 180 / Math.PI;
    assertAlmostEquals(longitude, longitudeOf(display, i % 4), 1e-4);
  }
});

Deno.test("mapPixels() draws the region over the whole map, in its proportions", () => {
  const map = mapPixels(region(4, 7), 30);
  assertEquals([map.height, map.width, mapWidth(undefined, 30)], [30, 60, 60]);
  assertEquals(mapWidth({ north: 1, south: 0, west: 0, east: 100 }, 30), 120);
  const pixel = (row: number, column: number) =>
    map.pixels.subarray(3 * (row * 60 + column), 3 * (row * 60 + column) + 3);
  const expected = (row: number, column: number) => colourOf(value(60 - (row + 0.5), -20 + column + 0.5));
  for (const [row, column] of [[0, 0], [29, 59], [12, 33]] as const) {
    [...pixel(row, column)].forEach((part, i) => assertAlmostEquals(part, expected(row, column)[i]!, 1.01));
  }
});

Deno.test("sphereMap() and globe() draw regions, the rest of the globe in one colour", () => {
  const field = region(4, 7), scale = { low: 0, high: 1, units: "K" };
  const coast = [[[0, 40], [10, 50], [170, 0], [-170, 0]]] as const;
  assert(sphereMap(field, scale, coast).width > 500);
  const picture = globe(field, scale, [], { latitude: 45, longitude: 10, size: 200 });
  const at = (
    row: number,
    column: number,
  ) => [
    ...picture.pixels.subarray(3 * (row * picture.width + column), 3 * (row * picture.width + column) + 3),
  ];
  const beyond = [56, 72, 112];
  assertEquals(at(190, 110), beyond);
  assert(`${at(110, 110)}` !== `${beyond}`);
});
