/** @module */
import { assert, assertEquals } from "@std/assert";
import { DATA_KINDS, type Dataset, type Display } from "@gasp/datasets";
import { PRESET_NAMES, presetOf } from "../methods/table.ts";
import { presetOfData, presetOfKind } from "./config_for_data.ts";

const dataOf = (display: Display, pointCount: number) => ({ display, pointCount }) as Dataset;

Deno.test("presetOfKind() names a preset of each kind of data", () => {
  for (const kind of DATA_KINDS) assert(PRESET_NAMES.includes(presetOfKind(kind)), kind);
  assertEquals(presetOf(presetOfKind("curves")).model.coordinateDim, 1);
  assertEquals(presetOf(presetOfKind("climate")).model.coordinateDim, 3);
});

Deno.test("presetOfData() takes points for what has no grid, or too few points", () => {
  const cloud: Display = { kind: "cloud", scales: [{ low: 0, high: 1 }] };
  const image: Display = { kind: "image", height: 28, width: 28, channels: 1 };
  const curve: Display = { kind: "curve", samples: 100 };
  assertEquals(presetOfData("climate", dataOf(cloud, 5000)), "points");
  assertEquals(presetOfData("photos32", dataOf(image, 784)), "digits");
  assertEquals(presetOfData("photos32", dataOf(image, 1024)), "photos32");
  assertEquals(presetOfData("sounds", dataOf(curve, 100)), "points");
});
