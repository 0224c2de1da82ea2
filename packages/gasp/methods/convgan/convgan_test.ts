import { checkGradients, randomSource } from "@gasp/autograd";
import { displayCoordinates } from "@gasp/datasets";
import { evaluate, reference, tensor } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../config/user_error.ts";
import { gradientPenalty } from "../gasp/losses.ts";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { adaptGrid } from "../core/grid_model.ts";
import type { GridModel } from "./config.ts";
import { convgan } from "./convgan.ts";
import {
  type ConvDiscriminatorParams,
  type ConvGeneratorParams,
  discriminateArrays,
  generateArrays,
  initConvDiscriminator,
  initConvGenerator,
} from "./networks.ts";
import { convganStep, initialConvgan } from "./step.ts";

const model: GridModel = {
  ...{ coordinateDim: 2, featureDim: 2, latentDim: 3 },
  generatorChannels: [3, 2],
  discriminatorChannels: [2, 3],
  grid: { kind: "regular", shape: [5, 7] },
};
const random = () => randomSource({ seed: 4, stream: "networks" });
const generator = initConvGenerator(random(), model), discriminator = initConvDiscriminator(random(), model);
const latents = randomTensor("z", [3, 3]);

Deno.test("generateArrays() returns the sizes of the grid along any number of axes, odd ones, too", () => {
  for (const shape of [[7], [5, 7], [6, 4], [5, 6, 7]]) {
    const sized: GridModel = { ...model, grid: { kind: "regular", shape } };
    const { params, statistics } = initConvGenerator(random(), sized);
    const { features } = generateArrays(params, statistics, sized, latents, "train");
    const cells = shape.reduce((product, size) => product * size);
    assertEquals(features.shape, [3, cells, 2]);
    assertEquals(discriminateArrays(initConvDiscriminator(random(), sized), sized, features).shape, [3, 1]);
  }
});

Deno.test("generateArrays() and discriminateArrays() have the gradients of finite differences", async () => {
  const generate = (params: ConvGeneratorParams) =>
    generateArrays(params, generator.statistics, model, latents, "train").features;
  await checkGradients(generate, [generator.params], { tolerance: 1e-4 });
  const features = randomTensor("features", [2, 35, 2]);
  const penalty = (params: ConvDiscriminatorParams) =>
    gradientPenalty(discriminateArrays(params, model, features), features, "logit");
  await checkGradients(penalty, [discriminator], { tolerance: 1e-5 });
});

Deno.test("generateArrays() in evaluation treats examples independently, by running statistics", async () => {
  const run = async (z: typeof latents) =>
    await numbers(generateArrays(generator.params, generator.statistics, model, z, "eval").features);
  const first = tensor((await numbers(latents)).slice(0, 3), [1, 3]);
  assertClose(await run(first), (await run(latents)).slice(0, 70));
  const { statistics } = generateArrays(generator.params, generator.statistics, model, latents, "train");
  assert((await numbers(statistics[0]!.mean)).every((mean) => mean !== 0));
});

const display = { kind: "image", height: 5, width: 7, channels: 1 } as const;
const sizes = { name: "few", items: 4, pointCount: 35, coordinateDim: 2, featureDim: 1, display };
const config = adaptGrid(convgan.presets["tiny"]!, sizes);

Deno.test("convganStep() lowers the losses of both networks", async () => {
  const inputs = {
    real: randomTensor("real", [3, 35, 1]),
    latentsDiscriminator: randomTensor("z1", [3, 4]),
    latentsGenerator: randomTensor("z2", [3, 4]),
  };
  let state = initialConvgan(config);
  const losses: number[][] = [];
  for (let i = 0; i < 12; i++) {
    const result = await evaluate(convganStep(config, state, inputs), reference);
    state = result.state;
    losses.push([
      (await numbers(result.losses["discriminator"]!))[0]!,
      (await numbers(result.losses["real"]!))[0]!,
    ]);
  }
  assert(losses.at(-1)![0]! < losses[0]![0]!, `${losses}`);
});

Deno.test("convganStep() adds half of the weighted R1 penalty, if there is one", async () => {
  const inputs = {
    real: randomTensor("real", [3, 35, 1]),
    latentsDiscriminator: randomTensor("z1", [3, 4]),
    latentsGenerator: randomTensor("z2", [3, 4]),
  };
  const lossesOf = async (training: Partial<typeof config.training>) => {
    const changed = { ...config, training: { ...config.training, ...training } };
    const { losses } = await evaluate(convganStep(changed, initialConvgan(config), inputs), reference);
    const entries = Object.entries(losses).map(async ([name, loss]) => [name, (await numbers(loss))[0]!]);
    return Object.fromEntries(await Promise.all(entries)) as Record<string, number>;
  };
  const without = await lossesOf({ r1Weight: 0 }), { r1, ...losses } = await lossesOf({ r1Weight: 3 });
  assertEquals(Object.keys(without), Object.keys(losses));
  assert(r1! > 0);
  assertClose([losses["discriminator"]!], [without["discriminator"]! + 1.5 * r1!]);
});

Deno.test("the generator evaluates arrays on their own grid exactly", async () => {
  const state = initialConvgan(config), weights = convgan.weights!(state, "latest");
  const functions = convgan.generator!(config), z = randomTensor("z", [2, 4]);
  const built = functions.functions(weights, z) as { values: typeof z };
  const at = tensor(displayCoordinates(display), [35, 2]);
  const values = await numbers(functions.evaluate(built, functions.encode({}, at), {}));
  assertClose(values, await numbers(built.values), 1e-5);
});

Deno.test("the grid of convgan is that of the data", () => {
  assertEquals(config.model.grid, { kind: "regular", shape: [5, 7] });
  assertThrows(() => initialConvgan(convgan.presets["tiny"]!), TypeError, "adaptToData()");
  const other = { ...sizes, display: { ...display, height: 6 } };
  assertThrows(() => convgan.checkData!(config, other), ConfigError, "are arrays of 6 × 7");
  const deep = { ...config, model: { ...config.model, generatorChannels: [4, 4, 4] } };
  assertThrows(() => convgan.checkData!(deep, sizes), ConfigError, "can be halved 2 times only");
});
