import { checkGradients } from "@gasp/autograd";
import { evaluate, reference, slice, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../config/user_error.ts";
import { encodeCoordinates } from "../../model/fourier.ts";
import { generate } from "../../model/generate.ts";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { autodecoder } from "./autodecoder.ts";
import type { AutodecoderConfig, LatentsConfig } from "./config.ts";
import { descend, itemLosses } from "./loss.ts";
import { AUTODECODER_PRESETS } from "./presets.ts";
import { type AutodecoderState, initialAutodecoder } from "./state.ts";
import { type AutodecoderInputs, autodecoderStep } from "./step.ts";

const ITEMS = 6, BATCH = 2, POINTS = 4;
const tiny = AUTODECODER_PRESETS["tiny"]!;

function configOf(latents: LatentsConfig): AutodecoderConfig {
  const model = { ...tiny.model, items: ITEMS, priorVariance: 0.25, functionHidden: [3], hyperHidden: [5] };
  return { ...tiny, batchSize: BATCH, model, training: { ...tiny.training, latents, noise: 0.5 } };
}

const trained = configOf({ kind: "auto-decoding", rate: 0.01 });
const modulated = configOf({ kind: "modulations", steps: 3, rate: 0.5 });
const real = randomTensor("real", [BATCH, POINTS, 1]), coordinates = randomTensor("at", [POINTS, 2]);
const inputs: AutodecoderInputs = {
  points: { real },
  indices: tensor(Int32Array.of(4, 1), [BATCH], "i32"),
};

function step(config: AutodecoderConfig, state: AutodecoderState) {
  return autodecoderStep(config, state, inputs, encodeCoordinates(coordinates, state.frequencies), POINTS);
}

Deno.test("itemLosses() is the negative log-posterior of appendix B.1 up to a constant and a factor", async () => {
  const { model } = trained, { params, frequencies } = initialAutodecoder(trained);
  const latents = randomTensor("z", [BATCH, model.latentDim]),
    encoding = encodeCoordinates(coordinates, frequencies);
  const { losses } = itemLosses(trained, params.decoder, latents, encoding, real, POINTS);
  const values = await numbers(generate(params.decoder, model, latents, encoding));
  const [y, z] = [await numbers(real), await numbers(latents)];
  const expected = Array.from({ length: BATCH }, (_, item) => {
    const logLikelihood = Array.from({ length: POINTS }, (_, i) => item * POINTS + i)
      .reduce((sum, i) => sum - (values[i]! - y[i]!) ** 2 / (2 * 0.5 ** 2), 0);
    const logPrior = z.slice(item * model.latentDim, (item + 1) * model.latentDim)
      .reduce((sum, value) => sum - value ** 2 / (2 * 0.25), 0);
    return -2 * 0.5 ** 2 / POINTS * (logLikelihood + logPrior);
  });
  assertClose(await numbers(losses), expected, 1e-6);
  // The mean over subsets of the points is that over all points
  const half = async (first: number) => {
    const at = slice(encoding, [first, 0], [first + POINTS / 2, encoding.shape[1]!]);
    const some = slice(real, [0, first, 0], [BATCH, first + POINTS / 2, 1]);
    return await numbers(itemLosses(trained, params.decoder, latents, at, some, POINTS).losses);
  };
  const [a, b] = [await half(0), await half(POINTS / 2)];
  assertClose(a.map((loss, i) => (loss + b[i]!) / 2), expected, 1e-6);
});

Deno.test("itemLosses() and descend() have the gradients of finite differences, of the second order, too", async () => {
  const { model } = modulated, { params, frequencies } = initialAutodecoder(modulated);
  const encoding = encodeCoordinates(coordinates, frequencies);
  const latents = randomTensor("z", [BATCH, model.latentDim]);
  const loss = (z: Tensor) => itemLosses(modulated, params.decoder, z, encoding, real, POINTS).losses;
  await checkGradients(loss, [latents], { order: 2, tolerance: 1e-5 });
  // Through the search: the gradient of a result of gradients
  const { "0.weight": weight, ...rest } = params.decoder;
  const found = (weight: Tensor, latentRates: Tensor) =>
    descend(modulated, { decoder: { ...rest, "0.weight": weight }, latentRates }, encoding, real, POINTS, 3);
  const { compared } = await checkGradients(found, [weight!, params.latentRates!], { tolerance: 1e-5 });
  assertEquals(compared, weight!.size + model.latentDim);
});

Deno.test("autodecoderStep() updates the decoder and the latents of the batch only", async () => {
  const state = initialAutodecoder(trained), next = await evaluate(step(trained, state), reference);
  const before = await numbers(state.latents.values), after = await numbers(next.state.latents.values);
  const size = trained.model.latentDim;
  for (let item = 0; item < ITEMS; item++) {
    const moved = after.slice(item * size, (item + 1) * size).some((z, i) => z !== before[item * size + i]);
    assertEquals(moved, item === 4 || item === 1, `item ${item}`);
  }
  const weight = "0.weight";
  assert(
    (await numbers(next.state.params.decoder[weight]!)).join() !==
      (await numbers(state.params.decoder[weight]!)).join(),
  );
});

Deno.test("autodecoderStep() records modulations, and trains their step sizes", async () => {
  const state = initialAutodecoder(modulated), next = await evaluate(step(modulated, state), reference);
  const encoding = encodeCoordinates(coordinates, state.frequencies);
  const found = await numbers(descend(modulated, state.params, encoding, real, POINTS, 3));
  const recorded = await numbers(next.state.latents.values), size = modulated.model.latentDim;
  assertClose(recorded.slice(4 * size, 5 * size), found.slice(0, size));
  assertClose(recorded.slice(size, 2 * size), found.slice(size));
  assert((await numbers(next.state.params.latentRates!)).every((rate) => rate !== 0.5));
});

Deno.test("the generator's latents have the variance of the prior", async () => {
  const state = initialAutodecoder(trained), weights = autodecoder.weights!(state, "latest");
  const generator = autodecoder.generator!(trained),
    latents = randomTensor("z", [1, trained.model.latentDim]);
  const half = tensor((await numbers(latents)).map((z) => z / 2), latents.shape);
  const encoding = generator.encode(generator.shared(weights), coordinates);
  const sampled = generator.evaluate(generator.functions(weights, latents), encoding, {});
  assertClose(
    await numbers(sampled),
    await numbers(generate(state.params.decoder, trained.model, half, encoding)),
  );
});

Deno.test("an auto-decoder has a latent for each item of the data", () => {
  const data = {
    ...{ name: "few", items: 7, pointCount: 25, coordinateDim: 2, featureDim: 1 },
    display: { kind: "image", height: 5, width: 5, channels: 1 },
  } as const;
  assertEquals(autodecoder.adapt!(tiny, data).model.items, 7);
  assertEquals(autodecoder.initialState(autodecoder.adapt!(tiny, data)).latents.values.shape, [7, 4]);
  const error = assertThrows(() => autodecoder.checkData!(trained, data), ConfigError);
  assertEquals([error.field, error.fitting], ["model.items", 7]);
  assertThrows(() => autodecoder.initialState(tiny), TypeError, "adaptToData()");
  assertEquals(autodecoder.abstractState!(trained).latents.values.shape, [ITEMS, 4]);
});
