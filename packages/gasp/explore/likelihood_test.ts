import { matmul, reference, reshape, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertRejects } from "@std/assert";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { functionLikelihoods } from "./likelihood.ts";

/** `f_z(x) = (A z)(x)` at three fixed points with two latents: s ~ N(0, A Aᵀ + noise² I). */
const A = [[1, 0.5], [-0.3, 0.8], [0.2, -0.6]];
const linear: FunctionGenerator = {
  ...{ coordinateDim: 1, featureDim: 1, latentDim: 2 },
  functions: (_, latents) => latents,
  shared: () => ({}),
  encode: (_, coordinates) => coordinates,
  evaluate: (latents) => {
    const values = matmul(latents as Tensor, tensor([[1, -0.3, 0.2], [0.5, 0.8, -0.6]]));
    return reshape(values, [...values.shape, 1]);
  },
};

const NOISE = 0.4, features = Float32Array.of(0.7, -0.2, 0.4, -2, 1.5, 1);
const observations = { targets: 2, points: 3, coordinates: Float32Array.of(0, 1, 2), features };
const request = { generator: linear, weights: {}, device: reference, observations, noise: NOISE, steps: 400 };

Deno.test("functionLikelihoods() is exact for a generator that is linear in its latents", async () => {
  const { likelihoods } = await functionLikelihoods({ ...request, restarts: 2, learningRate: 0.1 });
  const covariance = A.map((a, i) =>
    A.map((b, j) => a[0]! * b[0]! + a[1]! * b[1]! + (i === j ? NOISE ** 2 : 0))
  );
  const det3 = (m: number[][]) =>
    m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
    m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
    m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
  const det = det3(covariance);
  likelihoods.forEach(({ evidence, fit, prior, volume, anomaly }, target) => {
    const s = [...features.slice(3 * target, 3 * target + 3)];
    // Cramer's rule for Σ⁻¹ s
    const solved = s.map((_, j) => det3(covariance.map((row, i) => row.with(j, s[i]!))) / det);
    const quadratic = s.reduce((sum, value, i) => sum + value * solved[i]!, 0);
    const expected = -quadratic / 2 - Math.log(det) / 2 - 1.5 * Math.log(2 * Math.PI);
    assertAlmostEquals(evidence, expected, 1e-5);
    assertAlmostEquals(fit + prior + volume, evidence, 1e-12);
    assertAlmostEquals(anomaly, -evidence / 3, 1e-12);
  });
  assert(likelihoods[0]!.anomaly < likelihoods[1]!.anomaly);
});

Deno.test("functionLikelihoods() rejects weights and a noise of 0", async () => {
  const weights = new Float32Array(6).fill(1);
  await assertRejects(
    () => functionLikelihoods({ ...request, observations: { ...observations, weights } }),
    RangeError,
    "without weights",
  );
  await assertRejects(() => functionLikelihoods({ ...request, noise: 0 }), RangeError, "got 0");
});
