import { checkGradients, gradients, type StateDict } from "@gasp/autograd";
import { toPointMajor } from "@gasp/pointconv";
import { square, sum, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../../../config/user_error.ts";
import { GASP_PRESETS } from "../../presets.ts";
import { initialState } from "../../state.ts";
import { assertClose, numbers, randomTensor } from "../../gasp_testing.ts";
import { openDiscriminator } from "../table.ts";
import type { SetConfig, SetTransformerConfig } from "./config.ts";
import { setTransformerKind } from "./set_transformer.ts";

const SIZES = { coordinateDim: 2, featureDim: 3 }, BATCH = 3, POINTS = 7;

const deepSet: SetConfig = {
  kind: "set",
  coordinates: { count: 2, sigma: 0.5 },
  features: { count: 3, sigma: 0.3 },
  pointLayers: [5, 4],
  setLayers: [3],
};
const bare: SetConfig = { ...deepSet, coordinates: null, features: null };
const transformer: SetTransformerConfig = {
  kind: "set-transformer",
  coordinates: { count: 2, sigma: 0.5 },
  features: null,
  channels: 4,
  heads: 2,
  inducing: 2,
  blocks: 1,
  setLayers: [3],
};
const KINDS = { "set": deepSet, "set without encodings": bare, "set-transformer": transformer };

const features = randomTensor("features", [BATCH, POINTS, 3]), at = randomTensor("at", [POINTS, 2]);

/** The initial parameters of a discriminator. */
function paramsOf(discriminator: SetConfig | SetTransformerConfig, seed = 2): StateDict {
  const model = { ...GASP_PRESETS.tiny.model, ...SIZES, discriminator };
  return initialState(model, { emaDecay: null }, seed).discriminator;
}

/** Logits of `[batch, points, features]`. */
function logitsOf(
  config: SetConfig | SetTransformerConfig,
  params: StateDict,
  values: Tensor,
  coordinates: Tensor,
): Tensor {
  const discriminator = openDiscriminator({ ...SIZES, discriminator: config });
  const points = discriminator.points(coordinates), network = { params, statistics: {} };
  const rows = toPointMajor(values, coordinates.rank === 2 ? "shared" : "own");
  const shared = discriminator.evaluateShared(network, points, { mode: "train", copies: BATCH });
  return discriminator.evaluate(rows, network, points, shared, "train").logits;
}

for (const [name, config] of Object.entries(KINDS)) {
  Deno.test(`${name}: the logits do not depend on the order of points, nor on the other examples`, async () => {
    const params = paramsOf(config), order = [3, 0, 6, 1, 5, 2, 4];
    const expected = await numbers(logitsOf(config, params, features, at));
    const [y, x] = [await numbers(features), await numbers(at)];
    const mixed = Array.from(
      { length: BATCH },
      (_, b) => order.flatMap((i) => y.slice((b * POINTS + i) * 3, (b * POINTS + i + 1) * 3)),
    );
    const moved = tensor(order.flatMap((i) => x.slice(2 * i, 2 * i + 2)), [POINTS, 2]);
    const shuffled = tensor(mixed.flat(), [BATCH, POINTS, 3]);
    assertClose(await numbers(logitsOf(config, params, shuffled, moved)), expected);
    // With coordinates of their own, and one example at a time
    const own = tensor(Array.from({ length: BATCH }, () => x).flat(), [BATCH, POINTS, 2]);
    assertClose(await numbers(logitsOf(config, params, features, own)), expected);
    const first = tensor(y.slice(0, POINTS * 3), [1, POINTS, 3]);
    assertClose(await numbers(logitsOf(config, params, first, at)), expected.slice(0, 1));
  });

  Deno.test(`${name}: gradients of both orders equal finite differences, for the R1 penalty`, async () => {
    const params = paramsOf(config);
    const some = tensor((await numbers(features)).slice(0, 2 * POINTS * 3), [2, POINTS, 3]);
    await checkGradients((y: Tensor, x: Tensor) => logitsOf(config, params, y, x), [some, at], {
      order: 2,
      tolerance: 1e-4,
    });
    // The penalty with respect to the parameters
    const trained = Object.entries(params).filter(([key]) => !key.endsWith(".frequencies")).slice(0, 3);
    const penalty = (tensors: Tensor[]) => {
      const all = { ...params, ...Object.fromEntries(trained.map(([key], i) => [key, tensors[i]!])) };
      return sum(square(gradients([logitsOf(config, all, some, at)], [some])[0]!));
    };
    await checkGradients(penalty, [trained.map(([, value]) => value)], { tolerance: 1e-4 });
  });
}

Deno.test("the kind set computes ρ(Σ φ / √n)", async () => {
  const config: SetConfig = { ...bare, pointLayers: [1], setLayers: [] };
  const params = {
    "point.0.weight": tensor([[1, 2, 3, 4, 5]]),
    "point.0.bias": tensor([0.5]),
    "set.0.weight": tensor([[2]]),
    "set.0.bias": tensor([-1]),
  };
  const y = tensor([[[1, 1, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0]]]),
    x = tensor([[0, 0], [1, 0], [0, 1], [1, 1]]);
  const each = [12, 1 + 4, 2, 3 + 3].map((value) => value + 0.5);
  const expected = 2 * each.reduce((sum, value) => sum + value) / 2 - 1;
  assertClose(await numbers(logitsOf(config, params, y, x)), [expected]);
});

Deno.test("frequencies are drawn with their deviation, fixed by default and trained if learned", async () => {
  const wide: SetConfig = { ...deepSet, coordinates: { count: 2000, sigma: 3 } };
  const values = await numbers(paramsOf(wide)["coordinates.frequencies"]!);
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  assert(Math.abs(Math.sqrt(variance) - 3) < 0.1, `${Math.sqrt(variance)}`);
  const open = (learned: boolean) => {
    const discriminator = { ...deepSet, coordinates: { count: 2, sigma: 0.5, learned } };
    return openDiscriminator({ ...SIZES, discriminator }).shapes;
  };
  assertEquals([...open(false).untrained], ["coordinates.frequencies", "features.frequencies"]);
  assertEquals([...open(true).untrained], ["features.frequencies"]);
});

Deno.test("the weights of φ start with the variance that LeakyReLU keeps, those of ρ with the default", async () => {
  const params = paramsOf({ ...deepSet, pointLayers: [200, 200], setLayers: [200] });
  const variance = async (name: string) => {
    const values = await numbers(params[name]!);
    return values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  };
  // Twice the variance 1 / in, since half of the values are positive; 0.2² of the others remains
  assertAlmostEquals(200 * await variance("point.1.weight"), 2 / 1.04, 0.05);
  assertAlmostEquals(200 * await variance("set.0.weight"), 1 / 3, 0.01);
});

Deno.test("the kind set-transformer checks its heads, and starts with neutral norms", async () => {
  assertThrows(
    () => setTransformerKind.check({ ...transformer, heads: 3 }, "f.json"),
    UserError,
    'f.json: "model.discriminator.heads" is 3, but must divide the 4 "channels"',
  );
  const params = paramsOf(transformer);
  assertEquals(await numbers(params["pool.read.norm0.weight"]!), [1, 1, 1, 1]);
  assertEquals(await numbers(params["pool.read.norm1.bias"]!), [0, 0, 0, 0]);
});
