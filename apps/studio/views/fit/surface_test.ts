/** @module */
import { assert, assertEquals } from "@std/assert";
import { observedOf } from "./easel.ts";
import { paintSurface, pointsBeside } from "./surface.ts";

/** Vertices on the x axis at 0, 1 and 3, with normals upwards. */
const surface = {
  positions: Float32Array.of(0, 0, 0, 1, 0, 0, 3, 0, 0),
  normals: Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1),
  triangles: Uint32Array.of(0, 1, 2),
};

Deno.test("paintSurface() marks the nearest vertex, or all within the radius", () => {
  const none = new Uint8Array(3), { positions } = surface;
  const mark = (seen: Uint8Array, x: number, radius: number, sees: boolean) =>
    paintSurface(seen, positions, [x, 0.1, 0], { radius, sees });
  assertEquals([...mark(none, 0.8, 0, true)], [0, 1, 0]);
  const two = mark(none, 0.4, 0.7, true);
  assertEquals([...two], [1, 1, 0]);
  assertEquals([...mark(two, 0, 0, false)], [0, 1, 0]);
  assert(mark(two, 0, 0, true) === two);
  assertEquals([...none], [0, 0, 0]);
});

Deno.test("pointsBeside(): a seen place of a surface is a point inside and a point outside", () => {
  const coordinates = pointsBeside(surface);
  const easel = {
    rows: 1,
    columns: 3,
    points: 2,
    coordinates,
    values: Float32Array.of(1, -1, 2, -2, 3, -3),
    coordinateDim: 3,
    featureDim: 1,
  };
  const { coordinates: observed, features, ids } = observedOf(easel, Uint8Array.of(0, 0, 1));
  assertEquals([[...features], ids], [[3, -3], [4, 5]]);
  assertEquals([observed[0], observed[3]], [3, 3]);
  assert(observed[2]! < 0 && observed[5]! > 0, "the normal points outwards");
});
