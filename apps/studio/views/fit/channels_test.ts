/** @module */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { withFeatures } from "./channels.ts";

Deno.test("withFeatures() converts between grey and colour, and keeps grey as it is", () => {
  const grey = Float32Array.of(-1, 0.5), colour = withFeatures(grey, 1, 3)!;
  assertEquals([...colour], [-1, -1, -1, 0.5, 0.5, 0.5]);
  withFeatures(colour, 3, 1)!.forEach((value, i) => assertAlmostEquals(value, grey[i]!, 1e-6));
  assertAlmostEquals(withFeatures(Float32Array.of(0, 1, 0), 3, 1)![0]!, 0.587, 1e-6);
  assertEquals(withFeatures(grey, 1, 1) === grey, true);
  assertEquals(withFeatures(grey, 2, 1), undefined);
});
