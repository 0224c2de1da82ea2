import { type Tensor, treePaths } from "@gasp/tensor";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { stateFromRecord, stateToRecord } from "../core/state_record.ts";
import type { GaspConfig } from "./config.ts";
import { gasp } from "./gasp.ts";
import { numbers, SMALL_CONFIG, SMALL_MODEL, SMALL_TRAINING } from "./gasp_testing.ts";
import { abstractState, type GaspState, initialState } from "./state.ts";

async function values(state: GaspState): Promise<Map<string, number[]>> {
  const entries = [...treePaths(state)].map(async ([path, x]) => [path, await numbers(x)] as const);
  return new Map(await Promise.all(entries));
}

const spread = async (x: Tensor) => Math.max(...(await numbers(x)).map(Math.abs));

Deno.test("initialState() is a function of the seed", async () => {
  const [first, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => values(initialState(SMALL_MODEL, SMALL_TRAINING, seed))),
  );
  assertEquals(first, again);
  assertNotEquals(first!.get("generator/0.weight"), other!.get("generator/0.weight"));
  assertNotEquals(first!.get("frequencies"), other!.get("frequencies"));
});

Deno.test("initialState() draws affine layers within 1/√fan_in and initialises batch norms to be neutral", async () => {
  const { generator, discriminator, statistics, generatorAdam, discriminatorAdam } = initialState(
    SMALL_MODEL,
    SMALL_TRAINING,
    3,
  );
  for (
    const [tensor, fanIn] of [
      [generator["0.weight"]!, 4],
      [generator["4.weight0.weight"]!, 7],
      [generator["4.weight0.bias"]!, 7],
      [discriminator["layers.0.weight_net.forward_layers.0.weight"]!, 2],
      [discriminator["layers.0.linear.weight"]!, 6],
      [discriminator["layers.0.linear.bias"]!, 6],
      [discriminator["layers.4.linear.weight"]!, 18],
    ] as const
  ) {
    const bound = 1 / Math.sqrt(fanIn), found = await spread(tensor);
    assert(found <= bound && (tensor.size < 10 || found > 0.7 * bound), `${found} for a bound of ${bound}`);
  }
  assertEquals(await numbers(discriminator["layers.1.batchnorm.weight"]!), [1, 1, 1]);
  assertEquals(await numbers(discriminator["layers.1.batchnorm.bias"]!), [0, 0, 0]);
  assertEquals(await numbers(statistics["layers.1.batchnorm.running_mean"]!), [0, 0, 0]);
  assertEquals(await numbers(statistics["layers.1.batchnorm.running_var"]!), [1, 1, 1]);
  for (const moments of [generatorAdam, discriminatorAdam]) {
    for (const x of treePaths(moments).values()) assertEquals(await spread(x), 0);
  }
  assertEquals(Object.keys(generatorAdam.m), Object.keys(generator));
  assert(!("layers.0.linear.bias" in discriminatorAdam.m), "a bias before a batch norm is not trained");
  assert("layers.4.linear.bias" in discriminatorAdam.m);
});

Deno.test("initialState() has a separate moving average, and frequencies, only if configured", () => {
  const state = initialState(SMALL_MODEL, SMALL_TRAINING, 1);
  assert(state.ema && state.ema["0.weight"] !== state.generator["0.weight"]);
  const plain = initialState({ ...SMALL_MODEL, fourier: null }, { emaDecay: null }, 1);
  assertEquals([plain.ema, plain.frequencies], [undefined, undefined]);
});

Deno.test("stateFromRecord() undoes stateToRecord()", async () => {
  const state = initialState(SMALL_MODEL, SMALL_TRAINING, 5);
  const record = await stateToRecord(gasp, SMALL_CONFIG, state);
  for (
    const [name, shape] of [
      ["G.4.weight", [88, 7]],
      ["D.layers.0.weight_net.forward_layers.1.running_var", [5]],
      ["adam.G.v.4.bias", [88]],
      ["adam.D.m.layers.4.linear.bias", [1]],
      ["average.0.weight", [6, 4]],
      ["frequency_matrix", [4, 2]],
    ] as const
  ) assertEquals(record[name]?.shape, shape);
  assertEquals(await values(stateFromRecord(gasp, SMALL_CONFIG, record)), await values(state));
});

Deno.test("stateFromRecord() names a tensor that is missing or does not fit", async () => {
  const plain: GaspConfig = { ...SMALL_CONFIG, training: { ...SMALL_TRAINING, emaDecay: null } };
  const record = await stateToRecord(gasp, plain, initialState(SMALL_MODEL, { emaDecay: null }, 5));
  const read = (model = SMALL_MODEL, config = plain, from = record) => () =>
    stateFromRecord(gasp, { ...config, model }, from);
  assertThrows(read(SMALL_MODEL, SMALL_CONFIG), RangeError, "'average.0.weight' of shape [6, 4] is missing");
  assertThrows(
    read({ ...SMALL_MODEL, latentDim: 5 }),
    RangeError,
    "'G.0.weight' has shape [6, 4], but this model needs [6, 5]",
  );
  const { "adam.D.v.layers.0.linear.weight": _, ...incomplete } = record;
  assertThrows(read(SMALL_MODEL, plain, incomplete), RangeError, "'adam.D.v.layers.0.linear.weight'");
});

Deno.test("abstractState() has the tensors of initialState()", () => {
  for (const training of [SMALL_TRAINING, { ...SMALL_TRAINING, emaDecay: null }]) {
    const shapes = (state: GaspState) => [...treePaths(state)].map(([path, { shape }]) => [path, shape]);
    assertEquals(
      shapes(abstractState(SMALL_MODEL, training)),
      shapes(initialState(SMALL_MODEL, training, 1)),
    );
  }
});
