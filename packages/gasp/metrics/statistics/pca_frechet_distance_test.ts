import { assertAlmostEquals } from "@std/assert";
import { randomNormal } from "@gasp/tensor";
import { momentsOf } from "./covariance.ts";
import { pcaFrechetDistance } from "./pca_frechet_distance.ts";
import { principalComponents } from "./principal_components.ts";

const DIMENSIONS = 3;
const REAL = Float64Array.from(
  randomNormal({ seed: 4, stream: "test", step: 0 }, 50 * DIMENSIONS),
  (value, i) => value * (1 + i % DIMENSIONS) + 5,
);
const BASIS = principalComponents(REAL, DIMENSIONS);
const TRACE = BASIS.variances.reduce((sum, variance) => sum + variance, 0);

Deno.test("pcaFrechetDistance() of the real samples themselves is 0", () => {
  assertAlmostEquals(pcaFrechetDistance(BASIS, REAL), 0, 1e-12);
});

Deno.test("pcaFrechetDistance() of translated samples is the squared translation over the variance", () => {
  const way = [0.3, -2, 1];
  const moved = REAL.map((value, i) => value + way[i % DIMENSIONS]!);
  assertAlmostEquals(pcaFrechetDistance(BASIS, moved), (0.09 + 4 + 1) / TRACE, 1e-12);
});

Deno.test("pcaFrechetDistance() of samples scaled by s about the mean is (1 - s)²", () => {
  for (const scale of [0, 0.5, 1.7]) {
    const scaled = REAL.map((value, i) => BASIS.mean[i % DIMENSIONS]! * (1 - scale) + value * scale);
    assertAlmostEquals(pcaFrechetDistance(BASIS, scaled), (1 - scale) ** 2, 1e-6);
  }
});

Deno.test("pcaFrechetDistance() agrees with the closed form in the plane", () => {
  const plane = (step: number, shear: number) =>
    randomNormal({ seed: 5, stream: "test", step }, 80).map((value, i, all) =>
      i % 2 ? value + shear * all[i - 1]! : value
    );
  const real = plane(0, 1.5), generated = plane(1, -0.7);
  const [r, g] = [momentsOf(real, 2), momentsOf(generated, 2)];
  const [a, b, c, d] = r.covariance as unknown as [number, number, number, number];
  const [p, q, s, t] = g.covariance as unknown as [number, number, number, number];
  // The trace of the root of a 2×2 matrix is √(tr + 2 √det); RG has the eigenvalues of R½ G R½.
  const root = Math.sqrt(a * p + b * s + c * q + d * t + 2 * Math.sqrt((a * d - b * c) * (p * t - q * s)));
  const way = (r.mean[0]! - g.mean[0]!) ** 2 + (r.mean[1]! - g.mean[1]!) ** 2;
  const expected = (way + a + d + p + t - 2 * root) / (a + d);
  assertAlmostEquals(pcaFrechetDistance(principalComponents(real, 2), generated), expected, 1e-12);
});
