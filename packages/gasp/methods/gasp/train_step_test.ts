import { gradients, type StateDict } from "@gasp/autograd";
import { toPointMajor } from "@gasp/pointconv";
import { add, compile, evaluate, mul, reference, type Tensor, treePaths } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { generate } from "../../model/generate.ts";
import {
  assertClose,
  copiedPoints,
  numbers,
  numbersByName,
  SMALL_BATCH as batch,
  SMALL_MODEL,
  SMALL_NETWORKS,
  SMALL_TRAINING,
  smallPoints,
  stepInputs,
  stepPoints,
} from "./gasp_testing.ts";
import { crossEntropy, gradientPenalty } from "./losses.ts";
import { type GaspState, initialState } from "./state.ts";
import {
  discriminatorPhase,
  gaspNetworks,
  generatorPhase,
  type StepInputs,
  trainStep,
} from "./train_step.ts";

const state = initialState(SMALL_MODEL, SMALL_TRAINING, 1);
const points = await stepPoints(state, smallPoints());
const { r1Weight } = SMALL_TRAINING;

/** A forward pass of the discriminator, with all running statistics after it. */
function pass(rows: Tensor, params: StateDict, statistics: StateDict) {
  const { discriminator } = SMALL_NETWORKS, network = { params, statistics };
  const shared = discriminator.evaluateShared(network, points.discriminator, {
    mode: "train",
    copies: batch,
  });
  const output = discriminator.evaluate(rows, network, points.discriminator, shared, "train");
  return {
    logits: output.logits,
    statistics: { ...statistics, ...shared.statistics, ...output.statistics },
  };
}

Deno.test("trainStep() updates running statistics with the real, the generated and the generator's batch", async () => {
  const inputs = stepInputs(1);
  const result = trainStep(SMALL_NETWORKS, state, inputs, points);
  const sample = (latents: keyof StepInputs, generator: StateDict) =>
    toPointMajor(
      generate(generator, SMALL_MODEL, inputs[latents] as typeof inputs.real, points.encoding),
      "shared",
    );
  const real = pass(toPointMajor(inputs.real, "shared"), state.discriminator, state.statistics);
  const fake = pass(sample("latentsDiscriminator", state.generator), state.discriminator, real.statistics);
  const last = pass(sample("latentsGenerator", state.generator), result.state.discriminator, fake.statistics);
  const [actual, expected] = [
    await numbersByName(result.state.statistics),
    await numbersByName(last.statistics),
  ];
  assertEquals(Object.keys(actual), Object.keys(expected));
  for (const name of Object.keys(expected)) assertClose(actual[name]!, expected[name]!, 1e-11);
});

Deno.test("discriminatorPhase() returns the gradient of its loss", async () => {
  const inputs = stepInputs(1);
  const phase = discriminatorPhase(SMALL_NETWORKS, state, inputs, points);
  const real = toPointMajor(inputs.real, "shared");
  const samples = generate(state.generator, SMALL_MODEL, inputs.latentsDiscriminator, points.encoding);
  const ofReal = pass(real, state.discriminator, state.statistics).logits;
  const ofFake = pass(toPointMajor(samples, "shared"), state.discriminator, state.statistics).logits;
  const r1 = gradientPenalty(ofReal, real, "probability");
  const adversarial = add(
    crossEntropy(ofReal, "real", "probability"),
    crossEntropy(ofFake, "fake", "probability"),
  );
  const loss = add(adversarial, mul(r1, r1Weight / 2));
  assertClose(await numbers(phase.losses.discriminator), await numbers(loss));
  const names = Object.keys(phase.gradients);
  assert(!names.includes("layers.0.linear.bias"));
  const expected = gradients([loss], names.map((name) => state.discriminator[name]!));
  const actual = await numbersByName(phase.gradients);
  const wanted = await numbersByName(Object.fromEntries(names.map((name, i) => [name, expected[i]!])));
  for (const name of names) assertClose(actual[name]!, wanted[name]!, 1e-10);
});

Deno.test("trainStep() updates the generator with the updated discriminator, without differentiating through that update", async () => {
  const inputs = stepInputs(1);
  const next = await evaluate(trainStep(SMALL_NETWORKS, state, inputs, points).state, reference);
  const between = { params: next.discriminator, statistics: state.statistics };
  const phase = generatorPhase(SMALL_NETWORKS, state.generator, between, inputs, points);
  const expected = await numbersByName(phase.gradients), m = await numbersByName(next.generatorAdam.m);
  for (const [name, gradient] of Object.entries(expected)) {
    assertClose(m[name]!, gradient.map((g) => g / 2), 1e-10);
  }
});

Deno.test("trainStep() with per-example coordinates equals shared coordinates if they are the same", async () => {
  const run = async (set: ReturnType<typeof smallPoints>) => {
    const { state: next, losses } = trainStep(
      SMALL_NETWORKS,
      state,
      stepInputs(1),
      await stepPoints(state, set),
    );
    return { next: treePaths(await evaluate(next, reference)), losses: await numbersByName({ ...losses }) };
  };
  const [shared, own] = [await run(smallPoints()), await run(copiedPoints(batch))];
  for (const [name, loss] of Object.entries(shared.losses)) assertClose(own.losses[name]!, loss, 1e-10);
  for (const [path, x] of shared.next) {
    if (path.startsWith("statistics/")) {
      assertClose(await numbers(own.next.get(path)!), await numbers(x), 1e-9);
    }
  }
});

Deno.test("trainStep() leaves untrained biases and frequencies as they are, and updates everything else", async () => {
  const step = trainStep(SMALL_NETWORKS, state, stepInputs(1), points).state;
  const unchanged = treePaths(step), next = treePaths(await evaluate(step, reference));
  assertEquals([...next.keys()], [...treePaths(state).keys()]);
  for (const [path, before] of treePaths(state)) {
    const name = path.replace("discriminator/", "");
    const untrained = path.startsWith("discriminator/") && !(name in state.discriminatorAdam.m);
    if (untrained || path === "frequencies") {
      assert(unchanged.get(path) === before, `${path} changed`);
    } else {
      const values = await before.data();
      assert((await numbers(next.get(path)!)).some((x, i) => x !== values[i]), `${path} did not move`);
    }
  }
});

Deno.test("trainStep() updates the moving average, and omits the penalty if its weight is 0", async () => {
  const options = { ...SMALL_TRAINING, r1Weight: 0 };
  const { state: next, losses } = trainStep(gaspNetworks(SMALL_MODEL, options), state, stepInputs(1), points);
  const [before, after] = [
    await numbers(state.generator["0.weight"]!),
    await numbers(next.generator["0.weight"]!),
  ];
  assertClose(await numbers(next.ema!["0.weight"]!), before.map((x, i) => 0.9 * x + 0.1 * after[i]!));
  const { real, fake, discriminator, r1 } = await numbersByName({ ...losses });
  assertEquals(r1, [0]);
  assertClose(discriminator!, [real![0]! + fake![0]!]);
});

Deno.test("trainStep() compiled with a donated state trains for several steps", async () => {
  const step = compile(
    (state: GaspState, inputs: StepInputs) => {
      const { state: next, losses } = trainStep(SMALL_NETWORKS, state, inputs, points);
      return { next, losses: { ...losses } };
    },
    { device: reference, donateArgnums: [0] },
  );
  let current = initialState(SMALL_MODEL, SMALL_TRAINING, 1);
  const losses: number[] = [];
  for (let t = 1; t <= 5; t++) {
    const result = await step(current, stepInputs(1));
    current = result.next;
    losses.push(...await numbers(result.losses.discriminator));
  }
  assert(losses.at(-1)! < losses[0]!, `the discriminator's loss went from ${losses[0]} to ${losses.at(-1)}`);
});
