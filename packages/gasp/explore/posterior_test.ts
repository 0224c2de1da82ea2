/** @module */
import {
  add,
  matmul,
  openDevice,
  reference,
  reshape,
  slice,
  type Tensor,
  transpose,
  type Tree,
} from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { PosteriorSampler } from "./posterior.ts";

/** Lines z₀ + z₁ x: the posterior of z is Gaussian, in closed form. */
const lines: FunctionGenerator = {
  coordinateDim: 1,
  featureDim: 1,
  latentDim: 2,
  functions: (_, latents) => latents,
  shared: () => ({}),
  encode: (_, coordinates) => coordinates,
  evaluate: (functions: Tree, encoding: Tensor) => {
    const latents = functions as Tensor, count = latents.shape[0]!, points = encoding.shape[0]!;
    const slopes = matmul(slice(latents, [0, 1], [count, 2]), transpose(encoding));
    return reshape(add(slice(latents, [0, 0], [count, 1]), slopes), [count, points, 1]);
  },
};

const NOISE = 0.3, DRAWS = 600;
const seen = {
  coordinates: Float32Array.of(-1, 0.5, 1),
  features: Float32Array.of(0.4, 0.1, -0.5),
  ids: [3, 1, 7],
};

/** Mean and covariance of the posterior: (I + XᵀX / σ²)⁻¹ and that times Xᵀy / σ². */
function posteriorOfLines() {
  const precision = NOISE ** -2, xs = [...seen.coordinates], ys = [...seen.features];
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const [a, b, d] = [1 + 3 * precision, precision * total(xs), 1 + precision * total(xs.map((x) => x * x))];
  const [u, v] = [precision * total(ys), precision * total(xs.map((x, i) => x * ys[i]!))];
  const det = a * d - b * b;
  return { mean: [(d * u - b * v) / det, (a * v - b * u) / det], covariance: [d / det, -b / det, a / det] };
}

function momentsOf(latents: Float32Array) {
  const at = (i: number, k: number) => latents[2 * i + k]!;
  const average = (of: (i: number) => number) =>
    Array.from({ length: DRAWS }, (_, i) => of(i)).reduce((sum, x) => sum + x / DRAWS, 0);
  const mean = [0, 1].map((k) => average((i) => at(i, k)));
  const product = (j: number, k: number) => average((i) => (at(i, j) - mean[j]!) * (at(i, k) - mean[k]!));
  return { mean, covariance: [product(0, 0), product(0, 1), product(1, 1)] };
}

Deno.test("PosteriorSampler draws from the posterior where it is Gaussian", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  try {
    using sampler = new PosteriorSampler({ generator: lines, weights: {}, device, draws: DRAWS });
    await sampler.observe(seen, NOISE);
    const { latents } = await sampler.run(600);
    const expected = posteriorOfLines(), found = momentsOf(latents);
    // Four standard errors
    expected.mean.forEach((mean, k) => {
      assertAlmostEquals(found.mean[k]!, mean, 4 * Math.sqrt(expected.covariance[2 * k]! / DRAWS));
    });
    const scale = Math.sqrt(expected.covariance[0]! * expected.covariance[2]!);
    expected.covariance.forEach((value, k) =>
      assertAlmostEquals(found.covariance[k]!, value, 8 * scale / Math.sqrt(DRAWS))
    );
  } finally {
    await device.close();
  }
});

Deno.test("PosteriorSampler: noise belongs to points, whatever is observed beside them", async () => {
  const drawsOf = async (order: number[]) => {
    using sampler = new PosteriorSampler({
      generator: lines,
      weights: {},
      device: reference,
      draws: 4,
    });
    const pick = (values: Float32Array) => Float32Array.from(order, (i) => values[i]!);
    const ids = order.map((i) => seen.ids[i]!);
    await sampler.observe({ coordinates: pick(seen.coordinates), features: pick(seen.features), ids }, NOISE);
    return (await sampler.run(200)).latents;
  };
  const [first, second] = [await drawsOf([0, 1, 2]), await drawsOf([2, 0, 1])];
  first.forEach((value, i) => assertAlmostEquals(value, second[i]!, 1e-3));
});

Deno.test("PosteriorSampler: no observations are the prior, more of them continue", async () => {
  using sampler = new PosteriorSampler({ generator: lines, weights: {}, device: reference, draws: 3 });
  assertEquals((await sampler.run(5)).latents, sampler.prior);
  await sampler.observe(seen, NOISE);
  const [first, second] = [await sampler.run(1), await sampler.run(150)];
  second.losses.forEach((loss, i) => assert(loss < first.losses[i]!));
  const none = new Float32Array(0);
  await sampler.observe({ coordinates: none, features: none, ids: [] }, NOISE);
  assertEquals((await sampler.run(5)).latents, sampler.prior);
});

Deno.test("PosteriorSampler refuses noise and sizes that make no sense", async () => {
  using sampler = new PosteriorSampler({ generator: lines, weights: {}, device: reference, draws: 3 });
  await assertRejects(() => sampler.observe(seen, 0), RangeError, "noise must be above 0");
  const short = { ...seen, features: new Float32Array(2) };
  await assertRejects(
    () => sampler.observe(short, 1),
    RangeError,
    "3 points need 3 coordinates and 3 features",
  );
});
