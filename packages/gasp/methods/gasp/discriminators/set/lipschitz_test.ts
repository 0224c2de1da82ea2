import { grad, type StateDict } from "@gasp/autograd";
import { mul, sum, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fourierFeatures } from "../../../../model/fourier.ts";
import { numbers, randomTensor } from "../../gasp_testing.ts";
import { setLogits } from "./deep_set.ts";
import { encodeElements } from "./elements.ts";
import { fourierLipschitz, setLipschitz, spectralNorm } from "./lipschitz.ts";

const toMatrix = async (x: Tensor) => ({ data: await numbers(x), shape: x.shape as [number, number] });
const POINTS = 12, FEATURES = 2;
/** The factor within which random discriminators of two layers each attain their bound. */
const LOOSENESS = 30;

/** A random discriminator; the entries of its frequencies lie in (-scale, scale). */
function randomParams(scale: number): StateDict {
  const uniform = (name: string, shape: number[], bound = 1) => mul(randomTensor(name, shape), bound);
  return {
    "coordinates.frequencies": uniform("Bx", [6, 2], scale),
    "features.frequencies": uniform("By", [5, FEATURES], scale),
    "point.0.weight": uniform("p0", [9, 22], 0.5),
    "point.0.bias": uniform("p0b", [9]),
    "point.1.weight": uniform("p1", [8, 9]),
    "point.1.bias": uniform("p1b", [8]),
    "set.0.weight": uniform("s0", [7, 8]),
    "set.0.bias": uniform("s0b", [7]),
    "set.1.weight": uniform("s1", [1, 7]),
    "set.1.bias": uniform("s1b", [1]),
  };
}

/** Concrete parameters, as `setLipschitz` needs them. */
async function concrete(params: StateDict): Promise<StateDict> {
  const entries = Object.entries(params).map(async ([name, x]) =>
    [name, tensor(await numbers(x), x.shape)] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** The largest norm of the gradient of the logit with respect to coordinates and features, over several sets. */
async function largestGradient(params: StateDict): Promise<{ all: number; features: number }> {
  const logit = (x: Tensor, y: Tensor) =>
    sum(setLogits(encodeElements(y, { coordinates: x }, params), params));
  let all = 0, features = 0;
  for (let draw = 0; draw < 20; draw++) {
    const x = randomTensor(`x ${draw}`, [POINTS, 2]),
      y = randomTensor(`y ${draw}`, [POINTS, 1, FEATURES]);
    const [ofX, ofY] = grad(logit, [0, 1])(x, y);
    const [a, b] = [norm(await numbers(ofX)), norm(await numbers(ofY))];
    all = Math.max(all, Math.hypot(a, b));
    features = Math.max(features, b);
  }
  return { all, features };
}

const norm = (values: readonly number[]) => Math.hypot(...values);

Deno.test("spectralNorm() equals closed forms, for either orientation", async () => {
  assertAlmostEquals(spectralNorm({ data: [3, 0, 0, -4], shape: [2, 2] }), 4, 1e-14);
  // Singular values of [[1, 1], [0, 1]] are the golden ratio and its inverse
  assertAlmostEquals(spectralNorm({ data: [1, 1, 0, 1], shape: [2, 2] }), (1 + Math.sqrt(5)) / 2, 1e-14);
  assertAlmostEquals(spectralNorm({ data: [2, 3, 6], shape: [1, 3] }), 7, 1e-14);
  assertEquals(spectralNorm({ data: [0, 0], shape: [2, 1] }), 0);
  const { data } = await toMatrix(randomTensor("A", [7, 4]));
  const turned = Array.from({ length: 28 }, (_, i) => data[i % 7 * 4 + Math.floor(i / 7)]!);
  assertAlmostEquals(
    spectralNorm({ data, shape: [7, 4] }),
    spectralNorm({ data: turned, shape: [4, 7] }),
    1e-13,
  );
});

Deno.test("the Jacobian of Fourier features has the norm 2π‖B‖ everywhere, below the paper's bound by √2", async () => {
  const frequencies = mul(randomTensor("B", [5, 3]), 4),
    { exact, paper } = fourierLipschitz(await toMatrix(frequencies));
  assertAlmostEquals(paper / exact, Math.SQRT2, 1e-14);
  for (let draw = 0; draw < 5; draw++) {
    const x = randomTensor(`at ${draw}`, [3]), rows: number[] = [];
    for (let i = 0; i < 10; i++) {
      const unit = tensor(Array.from({ length: 10 }, (_, j) => (i === j ? 1 : 0)));
      rows.push(...await numbers(grad((x: Tensor) => sum(mul(fourierFeatures(x, frequencies), unit)))(x)));
    }
    assertAlmostEquals(spectralNorm({ data: rows, shape: [10, 3] }) / exact, 1, 1e-12);
  }
});

Deno.test("the bounds hold for random discriminators, and grow in proportion to ‖B‖", async () => {
  const ratios: number[] = [], found: number[] = [], bounds: number[] = [];
  for (const scale of [0.5, 1, 2, 4]) {
    const params = await concrete(randomParams(scale)), bound = await setLipschitz(params);
    const actual = await largestGradient(params);
    assert(actual.all <= bound.bound, `${actual.all} exceeds ${bound.bound}`);
    assert(actual.features <= bound.featureBound, `${actual.features} exceeds ${bound.featureBound}`);
    assert(bound.bound <= bound.paper);
    ratios.push(bound.bound / actual.all);
    found.push(actual.all);
    bounds.push(bound.bound);
  }
  bounds.slice(1).forEach((bound, i) => assertAlmostEquals(bound / bounds[i]!, 2, 1e-9));
  found.slice(1).forEach((value, i) => assert(value > 1.3 * found[i]!, `gradients: ${found}`));
  // The factor between the bound and the largest gradient of 20 random sets, for networks with random layers
  assert(Math.max(...ratios) < LOOSENESS, `the bound is attained within a factor of ${ratios}`);
});

Deno.test("the bound is attained where all layers are of width one and points are equal", async () => {
  const params = {
    "features.frequencies": tensor([[1.5]]),
    "point.0.weight": tensor([[0, 0, -2, 0]]),
    "point.0.bias": tensor([0]),
    "set.0.weight": tensor([[3]]),
    "set.0.bias": tensor([0]),
  };
  const { bound, featureBound } = await setLipschitz(params);
  // cos 2π(1.5 y) has the slope 2π 1.5 where 1.5 y is a quarter of a turn
  const y = tensor(new Float64Array(POINTS).fill(1 / 6), [POINTS, 1, 1]), x = randomTensor("x", [POINTS, 2]);
  const logit = (y: Tensor) => sum(setLogits(encodeElements(y, { coordinates: x }, params), params));
  assertAlmostEquals(norm(await numbers(grad(logit)(y))) / featureBound, 1, 1e-9);
  assertEquals(bound, featureBound);
});
