import { assertEquals } from "@std/assert";
import { BUNDLED_NAMES, openBundled } from "./bundled.ts";
import { resolutionOf } from "./core/display.ts";

const EXPECTED = {
  mnist: ["digits", 28],
  faces: ["images", 64],
  emoji: ["images", 64],
  chairs: ["shapes", 32],
};

for (const name of BUNDLED_NAMES) {
  Deno.test(`openBundled() opens ${name} at its own resolution and at another`, async () => {
    const { dataset, kind } = await openBundled(name), smaller = await openBundled(name, { resolution: 16 });
    assertEquals([kind, resolutionOf(dataset.display)], EXPECTED[name]);
    assertEquals([smaller.kind, resolutionOf(smaller.dataset.display)], [kind, 16]);
    assertEquals((await smaller.dataset.batch([0])).length, smaller.dataset.pointCount * dataset.featureDim);
  });
}
