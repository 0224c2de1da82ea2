import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { randomNormal } from "@gasp/tensor";
import { momentsOf } from "./covariance.ts";
import { principalComponents, projectOnto } from "./principal_components.ts";

/** Correlated samples `[40, 6]`. */
function correlated(): Float64Array {
  const [count, dimensions] = [40, 6];
  const noise = randomNormal({ seed: 2, stream: "test", step: 0 }, count * dimensions);
  return Float64Array.from(
    noise,
    (value, i) => value * (1 + i % dimensions) + (i % dimensions ? noise[i - 1]! : 3),
  );
}

Deno.test("principalComponents() finds the line that points lie on", () => {
  const { mean, directions, variances } = principalComponents([0, 0, 3, 4, 6, 8], 2);
  assertEquals([...mean], [3, 4]);
  assertAlmostEquals(Math.abs(directions[0]! * 0.6 + directions[1]! * 0.8), 1, 1e-12);
  assertAlmostEquals(variances[0]!, 25, 1e-12);
  assertAlmostEquals(variances[1]!, 0, 1e-12);
});

Deno.test("projectOnto() returns uncorrelated coordinates with the variances of the components", () => {
  const samples = correlated();
  const basis = principalComponents(samples, 6, 4);
  assertEquals([basis.directions.length, basis.variances.length], [24, 4]);
  const { mean, covariance } = momentsOf(projectOnto(basis, samples), 4);
  for (let j = 0; j < 4; j++) {
    assertAlmostEquals(mean[j]!, 0, 1e-12);
    for (let k = 0; k < 4; k++) {
      assertAlmostEquals(covariance[j * 4 + k]!, j === k ? basis.variances[j]! : 0, 1e-10);
    }
    if (j > 0) assertEquals(basis.variances[j]! <= basis.variances[j - 1]!, true);
  }
});

Deno.test("principalComponents() of fewer samples than dimensions agrees with the covariance", () => {
  const [count, dimensions] = [12, 30];
  const noise = randomNormal({ seed: 4, stream: "test", step: 0 }, count * dimensions);
  const samples = Float64Array.from(noise, (value, i) => value * (1 + i % dimensions % 7) + i % 3);
  const basis = principalComponents(samples, dimensions, 20);
  const projected = projectOnto(basis, samples);
  const { mean, covariance } = momentsOf(projected, 20), whole = momentsOf(samples, dimensions);
  let total = 0, kept = 0;
  for (let j = 0; j < dimensions; j++) total += whole.covariance[j * dimensions + j]!;
  for (let j = 0; j < 20; j++) {
    kept += basis.variances[j]!;
    assertAlmostEquals(mean[j]!, 0, 1e-10);
    for (let k = 0; k < 20; k++) {
      assertAlmostEquals(covariance[j * 20 + k]!, j === k ? basis.variances[j]! : 0, 1e-9);
    }
    // Twelve samples span eleven directions
    assertEquals(basis.variances[j]! > 0, j < count - 1);
  }
  assertAlmostEquals(kept, total, 1e-9);
});

Deno.test("principalComponents() computes 64 components, or one per dimension", () => {
  assertEquals(principalComponents(correlated(), 6).variances.length, 6);
  assertEquals(
    principalComponents(randomNormal({ seed: 3, stream: "test", step: 0 }, 300), 100).variances.length,
    64,
  );
  assertThrows(
    () => principalComponents(correlated(), 6, 7),
    RangeError,
    "principal components, got 7",
  );
});
