import { checkGradients } from "@gasp/autograd";
import { evaluate, reference, tensor, treeMap } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { encodeCoordinates } from "../../model/fourier.ts";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { vaeFunctions, vaeLogits } from "./decoder.ts";
import { encodeItems } from "./encoder.ts";
import {
  divergence,
  featuresOf,
  initialVae,
  negativeLogLikelihood,
  type VaeInputs,
  type VaeParams,
  vaeStep,
} from "./step.ts";
import { vae } from "./vae.ts";

const config = vae.presets["tiny"]!, { model } = config, BATCH = 3, POINTS = 5;
const state = initialVae(config), at = randomTensor("at", [POINTS, 2]);
const encoding = encodeCoordinates(at, state.frequencies);
const inputs: VaeInputs = {
  points: { real: randomTensor("real", [BATCH, POINTS, 1]) },
  noise: randomTensor("noise", [BATCH, model.latentDim]),
};
const { real } = inputs.points;

Deno.test("divergence() is 0 for a standard normal distribution, and equals closed forms", async () => {
  const of = async (mean: number[], variance: number[]) =>
    (await numbers(divergence(tensor([mean]), tensor([variance.map(Math.log)]))))[0]!;
  assertEquals(await of([0, 0], [1, 1]), 0);
  assertAlmostEquals(await of([1, -2], [1, 1]), 2.5, 1e-6);
  assertAlmostEquals(await of([0, 0], [0.25, 1]), (0.25 - 1 - Math.log(0.25)) / 2, 1e-6);
});

Deno.test("negativeLogLikelihood() is that of the distribution around the function's values", async () => {
  const logits = tensor([0.7, -1.2]), y = tensor([1, -1]);
  const p = (await numbers(featuresOf(logits, model))).map((f) => (f + 1) / 2);
  const bernoulli = await numbers(negativeLogLikelihood(logits, y, config));
  assertClose(bernoulli, [-Math.log(p[0]!), -Math.log(1 - p[1]!)], 1e-6);
  const normal = {
    ...config,
    model: { ...model, features: "normal" },
    training: { ...config.training, noise: 0.5 },
  } as const;
  const f = await numbers(featuresOf(logits, normal.model)), values = await numbers(y);
  const expected = f.map((value, i) =>
    (value - values[i]!) ** 2 / (2 * 0.25) + Math.log(Math.sqrt(2 * Math.PI) * 0.5)
  );
  assertClose(await numbers(negativeLogLikelihood(logits, y, normal)), expected, 1e-6);
});

Deno.test("encodeItems() does not depend on the order of points, nor on the other items", async () => {
  const expected = await numbers(encodeItems(state.params.encoder, encoding, real).mean);
  const order = [2, 4, 0, 3, 1], [x, y] = [await numbers(encoding), await numbers(real)];
  const width = encoding.shape[1]!;
  const moved = tensor(Float64Array.from(order.flatMap((i) => x.slice(i * width, (i + 1) * width))), [
    POINTS,
    width,
  ]);
  const mixed = tensor([0, 1, 2].flatMap((b) => order.map((i) => y[b * POINTS + i]!)), [BATCH, POINTS, 1]);
  assertClose(await numbers(encodeItems(state.params.encoder, moved, mixed).mean), expected);
  const first = tensor(y.slice(0, POINTS), [1, POINTS, 1]);
  assertClose(
    await numbers(encodeItems(state.params.encoder, encoding, first).mean),
    expected.slice(0, model.latentDim),
  );
});

Deno.test("the objective has the gradients of finite differences", async () => {
  const objective = (params: VaeParams) => {
    const q = encodeItems(params.encoder, encoding, real);
    const functions = vaeFunctions(params.decoder, q.mean);
    const { logits } = vaeLogits(params.decoder, state.statistics, functions, encoding, "train");
    return { fit: negativeLogLikelihood(logits, real, config), kl: divergence(q.mean, q.logVariance) };
  };
  const { compared } = await checkGradients(objective, [state.params], { tolerance: 1e-4, eps: 1e-6 });
  assert(compared > 300);
});

Deno.test("vaeStep() lowers the bound, and updates running statistics", async () => {
  let current = state;
  const bounds: number[] = [];
  for (let i = 0; i < 20; i++) {
    const step = vaeStep(
      { ...config, training: { ...config.training, rate: 0.01 } },
      current,
      inputs,
      encoding,
      POINTS,
    );
    const result = await evaluate(step, reference);
    current = treeMap(result.state, (leaf) => leaf);
    bounds.push((await numbers(result.losses["bound"]!))[0]!);
    if (i > 0) continue;
    const [bound, fit, kl] = await Promise.all(
      ["bound", "fit", "kl"].map((name) => numbers(result.losses[name]!)),
    );
    assertAlmostEquals(bound![0]!, fit![0]! + config.training.klWeight * kl![0]! / POINTS, 1e-9);
  }
  assert(bounds.at(-1)! < bounds[0]! - 0.01, `${bounds}`);
  assert((await numbers(current.statistics[0]!.mean)).every((mean) => mean !== 0));
});

Deno.test("at the start, latents of items differ about as much as by their noise, with and without encoded coordinates", async () => {
  for (const preset of ["digits", "chairs16"]) {
    const { model, seed } = vae.presets[preset]!, { params, frequencies } = initialVae({ model, seed });
    const at = encodeCoordinates(randomTensor("points", [64, model.coordinateDim]), frequencies);
    const items = randomTensor("items", [2, 64, 1]);
    const { mean, logVariance } = encodeItems(params.encoder, at, items);
    const [means, logs] = await Promise.all([numbers(mean), numbers(logVariance)]), { latentDim } = model;
    const squares = Array.from(
      { length: latentDim },
      (_, i) => (means[i]! - means[latentDim + i]!) ** 2 / Math.exp(logs[i]!),
    );
    const distance = Math.sqrt(squares.reduce((sum, square) => sum + square));
    assert(distance > 0.5, `${preset}: ${distance} standard deviations`);
  }
});
