/** @module */
import { assert, assertEquals } from "@std/assert";
import { observedOf, paint, seenBy } from "./easel.ts";

const easel = {
  rows: 8,
  columns: 10,
  coordinates: Float32Array.from({ length: 160 }, (_, i) => i),
  values: Float32Array.from({ length: 80 }, (_, i) => -i),
  coordinateDim: 2,
  featureDim: 1,
};
const count = (seen: Uint8Array) => seen.reduce((sum, value) => sum + value, 0);

Deno.test("paint() marks a disc, and clips it at the edges", () => {
  const none = seenBy("none", easel);
  const one = paint(none, easel, { row: 3, column: 4, radius: 0, sees: true });
  assertEquals([count(one), one[34]], [1, 1]);
  const disc = paint(none, easel, { row: 3, column: 4, radius: 2, sees: true });
  assertEquals(count(disc), 13);
  assertEquals(count(paint(none, easel, { row: 0, column: 0, radius: 2, sees: true })), 6);
  assertEquals(count(paint(disc, easel, { row: 3, column: 4, radius: 1, sees: false })), 13 - 5);
  assertEquals(count(none), 0);
  assert(paint(disc, easel, { row: 3, column: 4, radius: 1, sees: true }) === disc);
});

Deno.test("seenBy(): patterns", () => {
  const size = easel.rows * easel.columns;
  assertEquals([count(seenBy("all", easel)), count(seenBy("none", easel))], [size, 0]);
  assertEquals(count(seenBy("left", easel)), size / 2);
  assertEquals(count(seenBy("coarse", easel)), 2 * 3);
  const hole = seenBy("hole", easel);
  assert(hole[0] === 1 && hole[4 * 10 + 5] === 0 && count(hole) > size / 2);
  const large = { ...easel, rows: 60, columns: 120 }, sparse = count(seenBy("sparse", large));
  assert(sparse > 10 && sparse < 40, `${sparse}`);
});

Deno.test("observedOf() gathers what is seen, with the place as its identity", () => {
  const seen = new Uint8Array(80);
  seen[7] = seen[33] = 1;
  const { coordinates, features, ids } = observedOf(easel, seen);
  assertEquals(ids, [7, 33]);
  assertEquals([...coordinates], [14, 15, 66, 67]);
  assertEquals([...features], [-7, -33]);
});
