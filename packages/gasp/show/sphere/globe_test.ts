/** @module */
import { assert, assertEquals } from "@std/assert";
import { coastlines } from "./coastlines.ts";
import { globe } from "./globe.ts";
import { fieldAt } from "./sphere_field.ts";

const latitudes = 7, longitudes = 12;
const field = {
  values: Float32Array.from(
    { length: latitudes * longitudes },
    (_, i) => Math.floor(i / longitudes) < 3 ? 1 : -1,
  ),
  latitudes,
  longitudes,
};
const scale = { low: 0, high: 1 };

Deno.test("fieldAt() reproduces grid values and is periodic in longitude", () => {
  const values = Float32Array.from({ length: latitudes * longitudes }, (_, i) => Math.sin(i));
  const at = (latitude: number, longitude: number) => fieldAt({ ...field, values }, latitude, longitude);
  for (let row = 0; row < latitudes; row++) {
    for (let column = 0; column < longitudes; column++) {
      for (const turn of [-360, 0, 720]) {
        const value = at(90 - 30 * row, 30 * column + turn);
        assert(Math.abs(value - values[row * longitudes + column]!) < 1e-6);
      }
    }
  }
  assert(Math.abs(at(0, 345) - (values[3 * longitudes + 11]! + values[3 * longitudes]!) / 2) < 1e-6);
});

Deno.test("globe() shows the requested centre, with north up", () => {
  const colour = (picture: ReturnType<typeof globe>, row: number, column: number) =>
    picture.pixels[(row * picture.width + column) * 3]!;
  const equator = globe(field, scale, [], { latitude: 0, longitude: 40, size: 100 });
  assertEquals([colour(equator, 25, 60), colour(equator, 95, 60)], [253, 68]);
  assertEquals(colour(globe(field, scale, [], { latitude: 90, longitude: 0, size: 100 }), 60, 60), 253);
  assertEquals(colour(globe(field, scale, [], { latitude: -60, longitude: 0, size: 100 }), 60, 60), 68);
  // A mark 40° east of the middle is to its right.
  const east = globe(field, scale, [[[38, -30], [42, -30]]], { latitude: -30, longitude: 0, size: 100 });
  const plain = globe(field, scale, [], { latitude: -30, longitude: 0, size: 100 });
  const changed = [...east.pixels.keys()].filter((i) => east.pixels[i] !== plain.pixels[i]);
  assert(changed.length > 0 && changed.every((i) => Math.floor(i / 3) % east.width > 80));
});

Deno.test("coastlines() are points on the sphere at the right locations", async () => {
  const coasts = await coastlines(), places = coasts.flat();
  assert(places.length > 3000);
  assert(
    places.every(([longitude, latitude]) => Math.abs(longitude) <= 180.01 && Math.abs(latitude) <= 90.01),
  );
  const near = (longitude: number, latitude: number) =>
    places.some(([x, y]) => Math.hypot(x - longitude, y - latitude) < 3);
  // Lisbon, Cape Town and Tokyo are at the sea, Moscow and Denver are not.
  assertEquals([[-9, 38.7], [18.4, -34], [139.8, 35.6]].map(([x, y]) => near(x!, y!)), [true, true, true]);
  assertEquals([[37.6, 55.7], [-105, 39.7]].map(([x, y]) => near(x!, y!)), [false, false]);
});
