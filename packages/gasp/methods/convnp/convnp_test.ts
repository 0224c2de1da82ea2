import { checkGradients, type ConvParams } from "@gasp/autograd";
import { gridCoordinates } from "@gasp/datasets";
import { evaluate, ones, reference, type Tensor, tensor, zeros } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../config/user_error.ts";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { adaptGrid, withGrid } from "../core/grid_model.ts";
import { convnp } from "./convnp.ts";
import {
  type ConvnpParams,
  decodeLatents,
  encodeContext,
  encodeNothing,
  evaluateChannels,
} from "./networks.ts";
import { setConvolution } from "./set_convolution.ts";
import { convnpStep, divergence, initialConvnp } from "./step.ts";

const display = { kind: "image", height: 5, width: 6, channels: 1 } as const;
const sizes = { name: "few", items: 4, pointCount: 30, coordinateDim: 2, featureDim: 1, display };
const config = adaptGrid(convnp.presets["tiny"]!, sizes), model = withGrid(config);
const { params } = initialConvnp(config), BATCH = 2, POINTS = 7;
const coordinates = randomTensor("at", [POINTS, 2]), features = randomTensor("y", [BATCH, POINTS, 1]);
const weights = tensor([[1, 0, 1, 1, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0]]);

Deno.test("setConvolution() equals its definition, at points off the grid", async () => {
  const grid = { kind: "regular", shape: [3, 4] } as const, settings = { grid, lengthScale: 0.8 };
  const values = await numbers(setConvolution(settings, coordinates, features, weights));
  const [x, y, w] = [await numbers(coordinates), await numbers(features), await numbers(weights)];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      let density = 0, signal = 0;
      for (let i = 0; i < POINTS; i++) {
        const [a, b] = [x[2 * i]! + 1 - row, x[2 * i + 1]! + 1 - column];
        const psi = w[i]! * Math.exp(-(a * a + b * b) / (2 * 0.8 ** 2));
        density += psi;
        signal += psi * y[i]!;
      }
      assertAlmostEquals(values[row * 4 + column]!, signal / (density + 1e-3), 1e-6);
      assertAlmostEquals(values[12 + row * 4 + column]!, density, 1e-6);
    }
  }
  // An empty context has neither signal nor density
  assert(values.slice(24).every((value) => value === 0));
});

Deno.test("setConvolution() with a narrow kernel returns a picture known at the points of the grid", async () => {
  const picture = randomTensor("picture", [1, 30, 1]), at = tensor(gridCoordinates([5, 6]), [30, 2]);
  const values = await numbers(setConvolution({ ...model, lengthScale: 0.1 }, at, picture, ones([1, 30])));
  assertClose(values.slice(0, 30), (await numbers(picture)).map((y) => y / 1.001), 1e-5);
  assertClose(values.slice(30), Array.from({ length: 30 }, () => 1), 1e-5);
});

Deno.test("encodeContext() depends on known points only, and encodeNothing() is that of an empty context", async () => {
  const encode = async (y: Tensor, w: Tensor) =>
    await numbers(encodeContext(params, model, { coordinates, features: y, weights: w }).mean);
  const changed = tensor((await numbers(features)).map((y, i) => (i === 1 ? 9 : y)), [BATCH, POINTS, 1]);
  assertClose(await encode(changed, weights), await encode(features, weights));
  const all = await encode(features, weights), half = all.length / 2;
  assertClose(await numbers(encodeNothing(params, model).mean), all.slice(half));
  assert(all.slice(0, half).some((value, i) => Math.abs(value - all[half + i]!) > 1e-3));
});

Deno.test("divergence() of equal distributions is 0, and equals closed forms", async () => {
  const of = (mean: number, variance: number) => ({
    mean: tensor([[mean]]),
    logVariance: tensor([[Math.log(variance)]]),
  });
  const value = async (q: ReturnType<typeof of>, p: ReturnType<typeof of>) =>
    (await numbers(divergence(q, p)))[0]!;
  assertAlmostEquals(await value(of(1, 0.5), of(1, 0.5)), 0, 1e-7);
  assertAlmostEquals(await value(of(1, 1), of(0, 1)), 0.5, 1e-7);
  assertAlmostEquals(await value(of(0, 1), of(1, 4)), (Math.log(4) - 1 + 2 / 4) / 2, 1e-6);
});

Deno.test("the networks have the gradients of finite differences", async () => {
  const { encoder: { output, ...encoder }, decoder: { input, ...decoder }, head } = params;
  const run = (part: { output: ConvParams; input: ConvParams; head: ConvnpParams["head"] }, y: Tensor) => {
    const params = {
      encoder: { ...encoder, output: part.output },
      decoder: { ...decoder, input: part.input },
      head: part.head,
    };
    const { mean, logVariance } = encodeContext(params, model, { coordinates, features: y, weights });
    const functions = decodeLatents(params, model, mean);
    return { values: evaluateChannels(params, model, functions, coordinates), logVariance };
  };
  const { compared } = await checkGradients(run, [{ output, input, head }, features], {
    tolerance: 1e-4,
    eps: 1e-6,
  });
  assertEquals(compared, output.weight.size + 4 + input.weight.size + 4 + 4 * 4 + 4 + 4 + 1 + features.size);
});

Deno.test("convnpStep() lowers its bound, with shared and with separate points", async () => {
  const own = tensor(Float64Array.from([...await numbers(coordinates), ...await numbers(coordinates)]), [
    BATCH,
    POINTS,
    2,
  ]);
  const inputs = { points: { real: features }, context: weights, noise: zeros([BATCH, 2 * 2 * 2]) };
  const losses: number[] = [];
  let state = initialConvnp(config);
  for (let i = 0; i < 15; i++) {
    const result = await evaluate(convnpStep(config, state, inputs, coordinates, POINTS), reference);
    if (i === 0) {
      const separate = await evaluate(convnpStep(config, state, inputs, own, POINTS), reference);
      assertClose(await numbers(separate.losses["bound"]!), await numbers(result.losses["bound"]!));
    }
    state = result.state;
    losses.push((await numbers(result.losses["bound"]!))[0]!);
  }
  assert(losses.at(-1)! < losses[0]!, `${losses}`);
});

Deno.test("convnp is for pictures", () => {
  const cloud = { ...sizes, display: { kind: "cloud", scales: [] } } as const;
  assertThrows(() => convnp.checkData!(config, cloud), UserError, "is for pictures");
  assertThrows(() => convnp.initialState(convnp.presets["tiny"]!), TypeError, "adaptToData()");
  assertEquals(convnp.generator!(config).latentDim, 2 * 2 * 2);
});
