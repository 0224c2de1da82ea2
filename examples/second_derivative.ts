/**
 * The Laplacian of a network with respect to its coordinates, by differentiating twice, beside the formula for it. For
 * `f(x) = a · tanh(W x + b)` it is `Δf = Σ_j a_j · tanh''(u_j) · |W_j|²` with `u = W x + b` and `tanh'' = -2 tanh (1 - tanh²)`.
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

/** `[points, dimension] → [points, 1]`. */
function network(x: Tensor): Tensor {
  return linear(tanh(linear(x, inner.weight, inner.bias)), outer.weight);
}

/**
 * `[points, 1]`. A value depends on its own point only, so the Hessian of the sum over the points holds that of each, and
 * its product with the unit vectors of an axis has their second derivatives along that axis in the column of the axis.
 */
function laplacian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const along = (axis: number) => {
    const units = Float32Array.from({ length: x.size }, (_, i) => i % DIMENSION === axis ? 1 : 0);
    const product = hvp((at: Tensor) => sum(fn(at)), x, tensor(units, x.shape));
    return slice(product, [0, axis], [POINTS, axis + 1]);
  };
  return Array.from({ length: DIMENSION }, (_, axis) => along(axis)).reduce(add);
}

/** `[points, 1]`, by the formula above. */
function analyticLaplacian(x: Tensor): Tensor {
  const t = tanh(linear(x, inner.weight, inner.bias));
  const bend = mul(mul(t, -2), sub(1, square(t)));
  return linear(mul(bend, sum(square(inner.weight), { axes: 1 })), outer.weight);
}

const device = await openDevice();
const found = laplacian(network, points), formula = analyticLaplacian(points);
const largest = { difference: max(abs(sub(found, formula))), value: max(abs(formula)) };
const results = await evaluate([found, formula, largest.difference, largest.value], device);
const [ours, theirs, difference, value] = await Promise.all(
  results.map(async (each) => (await each.data())[0]!),
);
console.log(`Laplacian at the first point: ${ours!.toFixed(6)}, by the formula ${theirs!.toFixed(6)}`);
console.log(
  `largest difference at ${POINTS} points: ${difference!.toExponential(1)} of ${value!.toFixed(3)}`,
);
for (const result of results) result.dispose();
await device.close();
