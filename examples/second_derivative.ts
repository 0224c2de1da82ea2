/**
 * Computes the Laplacian of a network with respect to its coordinates by differentiating twice, and compares it with the
 * closed form. For `f(x) = a · tanh(W x + b)` that is `Δf = Σ_j a_j · tanh''(u_j) · |W_j|²` with `u = W x + b` and
 * `tanh'' = -2 tanh (1 - tanh²)`.
 *
 *     deno run -A examples/second_derivative.ts
 *
 * @module
 */
import { hvp, initLinear, linear, randomSource } from "@gasp/autograd";
import {
  abs,
  add,
  evaluate,
  max,
  mul,
  openDevice,
  randomUniform,
  slice,
  square,
  sub,
  sum,
  tanh,
} from "@gasp/tensor";
import { type Tensor, tensor } from "@gasp/tensor";

const POINTS = 1000, DIMENSION = 3, UNITS = 32;

const random = randomSource({ seed: 0, stream: "network" });
const inner = initLinear(random, DIMENSION, UNITS), outer = initLinear(random, UNITS, 1);
const values = randomUniform({ seed: 0, stream: "points", step: 0 }, POINTS * DIMENSION, -1, 1);
const points = tensor(values, [POINTS, DIMENSION]);

/** The network, `[points, dimension] → [points, 1]`. */
function network(x: Tensor): Tensor {
  return linear(tanh(linear(x, inner.weight, inner.bias)), outer.weight);
}

/**
 * Computes the Laplacian `[points, 1]` by Hessian-vector products. Each value depends on its own point only, so the Hessian
 * of the sum over points is block-diagonal, and its product with the unit vectors of an axis has the second derivatives
 * along that axis in the axis's column.
 */
function laplacian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const along = (axis: number) => {
    const units = Float32Array.from({ length: x.size }, (_, i) => i % DIMENSION === axis ? 1 : 0);
    const product = hvp((at: Tensor) => sum(fn(at)), x, tensor(units, x.shape));
    return slice(product, [0, axis], [POINTS, axis + 1]);
  };
  return Array.from({ length: DIMENSION }, (_, axis) => along(axis)).reduce(add);
}

/** Computes the Laplacian `[points, 1]` in closed form. */
function analyticLaplacian(x: Tensor): Tensor {
  const t = tanh(linear(x, inner.weight, inner.bias));
  const curvature = mul(mul(t, -2), sub(1, square(t)));
  return linear(mul(curvature, sum(square(inner.weight), { axes: 1 })), outer.weight);
}

const device = await openDevice();
const computed = laplacian(network, points), exact = analyticLaplacian(points);
const results = await evaluate([computed, exact, max(abs(sub(computed, exact))), max(abs(exact))], device);
const [first, expected, difference, largest] = await Promise.all(
  results.map(async (result) => (await result.data())[0]!),
);
console.log(`Laplacian at the first point: ${first!.toFixed(6)}, in closed form ${expected!.toFixed(6)}`);
console.log(
  `maximum difference at ${POINTS} points: ${difference!.toExponential(1)} for values up to ${
    largest!.toFixed(3)
  }`,
);
for (const result of results) result.dispose();
await device.close();
