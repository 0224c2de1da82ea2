import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { randomNormal } from "@gasp/tensor";
import { momentsOf, sampleCount } from "./covariance.ts";

Deno.test("momentsOf() agrees with the definition for any number of samples", () => {
  const dimensions = 5;
  for (const count of [2, 3, 4, 5, 11]) {
    const samples = randomNormal({ seed: 1, stream: "test", step: count }, count * dimensions);
    const { mean, covariance } = momentsOf(samples, dimensions);
    const column = (j: number) => Array.from({ length: count }, (_, i) => samples[i * dimensions + j]!);
    const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (let j = 0; j < dimensions; j++) {
      assertAlmostEquals(mean[j]!, average(column(j)), 1e-12);
      for (let k = 0; k < dimensions; k++) {
        const products = column(j).map((value, i) => (value - mean[j]!) * (column(k)[i]! - mean[k]!));
        assertAlmostEquals(covariance[j * dimensions + k]!, average(products) * count / (count - 1), 1e-12);
      }
    }
  }
});

Deno.test("momentsOf() rejects values that are not finite", () => {
  assertThrows(() => momentsOf([1, 2, NaN, 4], 2), RangeError, "not finite");
});

Deno.test("sampleCount() rejects incomplete and single samples", () => {
  assertEquals(sampleCount(new Float32Array(6), 3), 2);
  assertThrows(
    () => sampleCount(new Float32Array(7), 3),
    RangeError,
    "two samples or more of 3 values each, got 7",
  );
  assertThrows(() => sampleCount(new Float32Array(3), 3), RangeError, "got 3");
});
