/** Statistics agree with SciPy, scikit-learn and NumPy. @module */
import { nearestRows } from "@gasp/pointconv";
import { randomNormal } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { compareManifolds, manifoldOf } from "../distribution/manifold.ts";
import { device, numbers, readValues } from "../metrics_testing.ts";
import { momentsOf } from "./covariance.ts";
import { frechetDistance } from "./frechet_distance.ts";
import { gaussianMmd, kernelReference } from "./gaussian_mmd.ts";
import { kernelDistance } from "./kernel_distance.ts";
import { symmetricEigenvalues } from "./symmetric_eigenvalues.ts";

const fixture = await readValues("statistics.json");
const real = { rows: numbers(fixture.real), dimensions: 5 };
const generated = { rows: numbers(fixture.generated), dimensions: 5 };

Deno.test("frechetDistance() agrees with SciPy's matrix square root", () => {
  const distance = frechetDistance(momentsOf(real.rows, 5), momentsOf(generated.rows, 5));
  assertAlmostEquals(distance, fixture.frechet, 1e-9);
});

Deno.test("frechetDistance() of fewer samples than dimensions is that in the space that they span", () => {
  // Three samples in the plane, and the same with four more coordinates, rotated
  const plane = numbers(fixture.real).slice(0, 6), other = numbers(fixture.generated).slice(0, 6);
  const embed = (samples: Float64Array) =>
    Float64Array.from({ length: 18 }, (_, i) => {
      const [row, column] = [Math.floor(i / 6), i % 6];
      const [x, y] = [samples[2 * row]!, samples[2 * row + 1]!];
      return [0.6 * x, 0.8 * x, 0, y, 0, 0][column]!;
    });
  assertAlmostEquals(
    frechetDistance(momentsOf(embed(plane), 6), momentsOf(embed(other), 6)),
    frechetDistance(momentsOf(plane, 2), momentsOf(other, 2)),
    1e-7,
  );
});

Deno.test("frechetDistance() of diagonal covariances is the squared distance of means and deviations", () => {
  const size = 30,
    diagonal = (value: (i: number) => number) =>
      Float64Array.from({ length: size * size }, (_, i) => i % (size + 1) === 0 ? value(i / (size + 1)) : 0);
  const mean = (value: number) => new Float64Array(size).fill(value);
  const a = { mean: mean(0), covariance: diagonal((i) => (i + 1) ** 2) };
  const b = { mean: mean(2), covariance: diagonal((i) => (i - 1) ** 2) };
  const expected = Array.from({ length: size }, (_, i) => 4 + (i + 1 - Math.abs(i - 1)) ** 2);
  assertAlmostEquals(frechetDistance(a, b), expected.reduce((sum, value) => sum + value), 1e-8);
  assertThrows(() => frechetDistance(a, { mean: mean(0).slice(1), covariance: a.covariance }), RangeError);
});

Deno.test("symmetricEigenvalues() agrees with NumPy", () => {
  const values = symmetricEigenvalues(numbers(fixture.eigenvalues.matrix), 7);
  numbers(fixture.eigenvalues.values).forEach((value, i) => assertAlmostEquals(values[i]!, value, 1e-11));
});

Deno.test("symmetricEigenvalues() returns known spectra of any size", () => {
  for (const size of [1, 2, 3, 64]) {
    // The second difference with fixed ends: 2 - 2 cos(π k / (n + 1)), conjugated by a reflection
    const normal = Float64Array.from(randomNormal({ seed: 1, stream: "test", step: size }, size));
    const norm = normal.reduce((sum, value) => sum + value * value, 0);
    const entry = (i: number, j: number) => i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0;
    const reflect = (i: number, j: number) => (i === j ? 1 : 0) - 2 * normal[i]! * normal[j]! / norm;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        for (let k = 0; k < size; k++) {
          for (const l of [k - 1, k, k + 1]) {
            if (l >= 0 && l < size) matrix[i * size + j]! += reflect(i, k) * entry(k, l) * reflect(l, j);
          }
        }
      }
    }
    symmetricEigenvalues(matrix, size).forEach((value, k) =>
      assertAlmostEquals(value, 2 - 2 * Math.cos(Math.PI * (k + 1) / (size + 1)), 1e-11)
    );
  }
  assertEquals(symmetricEigenvalues(new Float64Array(9), 3), new Float64Array(3));
  assertThrows(() => symmetricEigenvalues([1, NaN, NaN, 1], 2), RangeError, "not finite");
  assertThrows(() => symmetricEigenvalues([1, 2], 2), RangeError, "2×2");
});

Deno.test("gaussianMmd() agrees with scikit-learn's kernel", async () => {
  const { bandwidth, value } = fixture.gaussianMmd;
  const chosen = await kernelReference(real, device);
  // The mean over the reference for the fixture's bandwidth, by definition
  let mean = 0;
  for (let i = 0; i < 60; i++) {
    for (let j = 0; j < 60; j++) {
      let square = 0;
      for (let d = 0; d < 5; d++) square += (real.rows[5 * i + d]! - real.rows[5 * j + d]!) ** 2;
      if (i !== j) mean += Math.exp(-square / (2 * bandwidth ** 2)) / (60 * 59);
    }
  }
  const estimate = await gaussianMmd({ ...chosen, bandwidth, mean }, generated, device);
  assertAlmostEquals(estimate.value, value, 1e-6);
  assertEquals(estimate.low < value && value < estimate.high, true);
});

Deno.test("kernelReference() takes the median distance as bandwidth, and the mean over distinct pairs", async () => {
  const line = { rows: Float64Array.of(0, 1), dimensions: 1 };
  const { bandwidth, mean } = await kernelReference(line, device);
  assertEquals(bandwidth, 1);
  assertAlmostEquals(mean, Math.exp(-0.5), 1e-7);
});

Deno.test("kernelDistance() agrees with scikit-learn's polynomial kernel", async () => {
  const some = { rows: real.rows.subarray(0, 45 * 5), dimensions: 5 };
  // Subsets as large as the sets are the sets
  const { value } = await kernelDistance(some, generated, { subsets: 3, device });
  assertAlmostEquals(value, fixture.kid, 1e-4 * Math.abs(fixture.kid));
});

Deno.test("the interval of kernelDistance() is that of the spread over samples", async () => {
  const dimensions = 4, count = 60;
  const rows = (stream: string, step: number) => ({
    rows: randomNormal({ seed: 0, stream, step }, count * dimensions).map((x) =>
      x + (stream === "real" ? 0 : 1)
    ),
    dimensions,
  });
  const reference = rows("real", 0), values: number[] = [], widths: number[] = [];
  for (let step = 0; step < 40; step++) {
    const { value, low, high } = await kernelDistance(reference, rows("generated", step), {
      subsets: 1,
      device,
    });
    values.push(value);
    widths.push((high - low) / 2 / 1.959964);
  }
  const mean = (of: number[]) => of.reduce((a, b) => a + b) / of.length;
  const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (values.length - 1));
  assert(mean(widths) > 0.75 * spread && mean(widths) < 1.33 * spread, `${mean(widths)} ${spread}`);
  // More samples than a subset holds: the interval shrinks with their number
  const many = {
    rows: randomNormal({ seed: 1, stream: "many", step: 0 }, 16 * count * dimensions),
    dimensions,
  };
  const few = { rows: many.rows.subarray(0, count * dimensions), dimensions };
  const width = async (set: typeof many) => {
    const { low, high } = await kernelDistance(reference, set, { subsets: 20, subsetSize: count, device });
    return high - low;
  };
  const ratio = await width(few) / await width(many);
  assert(ratio > 3 && ratio < 5, `${ratio}`);
});

Deno.test("compareManifolds() agrees with scikit-learn's neighbours", async () => {
  const scores = await compareManifolds(
    await manifoldOf(real, 5, device),
    await manifoldOf(generated, 5, device),
    device,
  );
  for (const [name, value] of Object.entries(scores)) {
    assertAlmostEquals(value.value, fixture.manifold[name], 1e-12, name);
  }
});

Deno.test("nearestRows() agrees with NumPy's stable sort and scikit-learn's distances", async () => {
  const { points, queries, indices } = fixture.neighbours;
  const found = await nearestRows(
    { rows: numbers(points), dimensions: 64 },
    { rows: numbers(queries), dimensions: 64 },
    { k: 6, device },
  );
  assertEquals([...found.indices], [...numbers(indices)]);
});
