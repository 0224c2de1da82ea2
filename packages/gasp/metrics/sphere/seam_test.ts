/** @module */
import { sphereCoordinates } from "@gasp/datasets";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { seamJumps } from "./seam.ts";

const LATITUDES = 19, LONGITUDES = 36;

/** Values of some functions of the point `(x, y, z)` on the grid. */
function fieldsOf(...functions: ((x: number, y: number, z: number) => number)[]): Float64Array {
  const places = sphereCoordinates(LATITUDES, LONGITUDES), points = LATITUDES * LONGITUDES;
  return Float64Array.from({ length: functions.length * points }, (_, i) => {
    const at = 3 * (i % points);
    return functions[Math.floor(i / points)]!(places[at]!, places[at + 1]!, places[at + 2]!);
  });
}

Deno.test("seamJumps() of a function of points in space is no larger at 0° than elsewhere", () => {
  // On the equator y = sin λ: the step from 350° to 0° is the steepest, and so is the one from 0° to 10°.
  const { across, elsewhere, mean } = seamJumps(
    fieldsOf((_, y) => y, (x, y, z) => x * y + z),
    LATITUDES,
    LONGITUDES,
  );
  assertAlmostEquals(across, Math.sin(Math.PI / 18), 1e-6);
  assertAlmostEquals(elsewhere, across, 1e-6);
  assert(across < 4 * mean, `${across} ${mean}`);
});

Deno.test("seamJumps() of a function of longitude is large at 0° alone", () => {
  const { across, elsewhere, mean } = seamJumps(
    fieldsOf((_x, _y, z) => z, (x, y) => {
      const degrees = Math.atan2(y, x) * 180 / Math.PI;
      return Math.round(degrees < -1 ? degrees + 360 : degrees) / 360;
    }),
    LATITUDES,
    LONGITUDES,
  );
  assertAlmostEquals(across, 350 / 360, 1e-12);
  assertAlmostEquals(elsewhere, 1 / 36, 1e-12);
  // The first field is the same all along a latitude.
  assertAlmostEquals(mean, 1 / 72, 1e-12);
});

Deno.test("seamJumps() ignores the poles", () => {
  const poles = Float64Array.from({ length: 12 }, (_, i) => i < 4 || i >= 8 ? i : 7);
  assertEquals(seamJumps(poles, 3, 4), { across: 0, elsewhere: 0, mean: 0 });
});

Deno.test("seamJumps() rejects incomplete fields and grids without neighbours", () => {
  for (const [length, rows, columns] of [[11, 3, 4], [0, 3, 4], [8, 2, 4], [6, 3, 2]] as const) {
    assertThrows(() => seamJumps(new Float32Array(length), rows, columns), RangeError, "at least 3×3");
  }
});
