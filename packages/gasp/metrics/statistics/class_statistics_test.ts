import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { classStatistics } from "./class_statistics.ts";

Deno.test("classStatistics() counts classes with three confident samples", () => {
  const sure = [0.95, 0.05, 0], other = [0.02, 0.92, 0.06], unsure = [0.05, 0.05, 0.9];
  const { classesAbove, meanConfidence, entropy } = classStatistics(
    [sure, other, unsure, sure, unsure, other, sure, unsure].flat(),
    3,
  );
  assertEquals(classesAbove, 1);
  assertAlmostEquals(meanConfidence, (3 * 0.95 + 2 * 0.92 + 3 * 0.9) / 8, 1e-12);
  assertAlmostEquals(entropy, -(2 * 3 / 8 * Math.log(3 / 8) + 2 / 8 * Math.log(2 / 8)), 1e-12);
});

Deno.test("classStatistics() has entropy 0 for one class and ln(classes) for all", () => {
  assertEquals(classStatistics([1, 0, 1, 0], 2).entropy, 0);
  const classes = 10;
  const identity = Array.from({ length: 100 }, (_, i) => Math.floor(i / 10) === i % 10 ? 1 : 0);
  assertAlmostEquals(classStatistics(identity, classes).entropy, Math.log(10), 1e-12);
});

Deno.test("classStatistics() rejects incomplete samples", () => {
  for (const probabilities of [[], [0.5, 0.5, 1]]) {
    assertThrows(
      () => classStatistics(probabilities, 2),
      RangeError,
      "Expected 2 probabilities for each sample",
    );
  }
});
