/** @module */
import { assert } from "@std/assert";
import { measurePeak } from "./peak.ts";

Deno.test("measurePeak() returns a plausible speed", () => {
  for (const simd of ["auto", "plain"] as const) {
    const peak = measurePeak(simd, 20);
    assert(peak > 0.1 && peak < 1000, `${peak} GFLOP/s`);
  }
});
