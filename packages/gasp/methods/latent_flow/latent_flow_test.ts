import { adam, checkGradients, randomSource } from "@gasp/autograd";
import {
  compile,
  disposeTree,
  evaluate,
  neg,
  openDevice,
  randomNormal,
  randomUniform,
  scalar,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { assertClose, numbers, randomTensor } from "../gasp/gasp_testing.ts";
import { decoderSteps } from "./config.ts";
import { type FlowInputs, flowLatents, flowLogDensity, flowLoss, type FlowState, flowStep } from "./flow.ts";
import { type FlowParams, initFlow } from "./flow_network.ts";
import { integrate } from "./ode.ts";
import { LATENT_FLOW_PRESETS } from "./presets.ts";

const SIZE = 3, NETWORK = { width: 6, blocks: 2, solverSteps: 8 };
const params = initFlow(randomSource({ seed: 3, stream: "flow" }), SIZE, NETWORK);
const flow = { params, mean: randomTensor("mean", [SIZE]), scale: tensor([0.5, 2, 1.5]) };

Deno.test("integrate() has the order four", async () => {
  const errors: number[] = [];
  for (const steps of [4, 8]) {
    const { x } = integrate(({ x }: { x: Tensor }) => ({ x: neg(x) }), { x: scalar(1) }, steps);
    errors.push(Math.abs((await numbers(x))[0]! - Math.exp(-1)));
  }
  assertAlmostEquals(Math.log2(errors[0]! / errors[1]!), 4, 0.2);
});

Deno.test("integrate() passes the time to the derivative", async () => {
  // dx/dt = t³, which the method integrates exactly
  const { x } = integrate(({ x: _ }: { x: Tensor }, t) => ({ x: scalar(t ** 3) }), { x: scalar(2) }, 3);
  assertAlmostEquals((await numbers(x))[0]!, 2.25, 1e-12);
});

Deno.test("flowLoss() has the gradients of finite differences, and its minimum is the velocity of a segment", async () => {
  const latents = randomTensor("z", [4, SIZE]);
  const inputs = { noise: randomTensor("noise", [4, SIZE]), times: tensor([[0.1], [0.4], [0.6], [0.9]]) };
  await checkGradients((p: FlowParams) => flowLoss(p, latents, inputs), [params], { tolerance: 1e-5 });
  // A velocity of zero leaves the mean square of z - ε
  const still = {
    ...params,
    output: { weight: tensor(new Float64Array(SIZE * 6), [SIZE, 6]), bias: tensor([0, 0, 0]) },
  };
  const [z, e] = [await numbers(latents), await numbers(inputs.noise)];
  const expected = z.reduce((sum, value, i) => sum + (value - e[i]!) ** 2, 0) / z.length;
  assertClose(await numbers(flowLoss(still, latents, inputs)), [expected]);
});

Deno.test("flowLogDensity() is the change of variables of flowLatents()", async () => {
  const at = await numbers(randomTensor("start", [SIZE])), steps = 16, h = 1e-5;
  const map = async (x: number[]) =>
    await numbers(flowLatents(flow, tensor(Float64Array.from(x), [1, SIZE]), steps));
  const columns = await Promise.all(at.map(async (_, j) => {
    const [high, low] = [await map(at.with(j, at[j]! + h)), await map(at.with(j, at[j]! - h))];
    return high.map((value, i) => (value - low[i]!) / (2 * h));
  }));
  const [a, b, c] = columns as [number[], number[], number[]];
  const determinant = a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) - b[0]! * (a[1]! * c[2]! - a[2]! * c[1]!) +
    c[0]! * (a[1]! * b[2]! - a[2]! * b[1]!);
  const ofNoise = -0.5 * at.reduce((sum, x) => sum + x * x, 0) - SIZE / 2 * Math.log(2 * Math.PI);
  const [density] = await numbers(flowLogDensity(flow, tensor(Float64Array.from(at), [1, SIZE]), steps));
  assertAlmostEquals(density!, ofNoise - Math.log(Math.abs(determinant)), 1e-6);
  // Several points at once
  const two = tensor(Float64Array.from([...at, 0, 0, 0]), [2, SIZE]);
  assertAlmostEquals((await numbers(flowLogDensity(flow, two, steps)))[0]!, density!, 1e-12);
});

Deno.test("a flow learns a distribution that is far from normal", async () => {
  await using device = await openDevice("wasm", { threads: 1 });
  const batch = 256, network = { width: 48, blocks: 2, solverSteps: 8 };
  const draw = () => initFlow(randomSource({ seed: 1, stream: "ring" }), 2, network);
  let state: FlowState = {
    ...{ params: draw(), average: draw(), optimizer: adam().init(draw()) },
    ...{ mean: tensor([5, 0]), scale: tensor([1, 2]) },
  };
  // A ring of radius 1 around (5, 0), stretched twofold along the second axis
  using step = compile(
    (state: FlowState, latents: Tensor, inputs: FlowInputs) =>
      flowStep(state, latents, inputs, { rate: 5e-3, decay: 0.99 }),
    { device, donateArgnums: [0] },
  );
  for (let i = 0; i < 500; i++) {
    const angles = randomUniform({ seed: 1, stream: "angles", step: i }, batch, 0, 2 * Math.PI);
    const latents = new Float32Array(2 * batch);
    angles.forEach((a, j) => latents.set([5 + Math.cos(a), 2 * Math.sin(a)], 2 * j));
    const result = await step(state, tensor(latents, [batch, 2]), {
      noise: tensor(randomNormal({ seed: 1, stream: "noise", step: i }, 2 * batch), [batch, 2]),
      times: tensor(randomUniform({ seed: 1, stream: "times", step: i }, batch, 0, 1), [batch, 1]),
    });
    state = result.state;
    result.loss.dispose();
  }
  const noise = tensor(randomNormal({ seed: 2, stream: "noise", step: 0 }, 400), [200, 2]);
  const samples = [
    ...await (await evaluate(flowLatents({ ...state, params: state.average }, noise, 8), device)).data(),
  ];
  const radii = Array.from(
    { length: 200 },
    (_, i) => Math.hypot(samples[2 * i]! - 5, samples[2 * i + 1]! / 2),
  );
  const meanRadius = radii.reduce((sum, r) => sum + r) / 200;
  const spread = Math.sqrt(radii.reduce((sum, r) => sum + (r - meanRadius) ** 2, 0) / 200);
  // A normal distribution of the same moments has radii of 0.89 ± 0.46
  assert(Math.abs(meanRadius - 1) < 0.06 && spread < 0.2, `the radii are ${meanRadius} ± ${spread}`);
  disposeTree(state);
});

Deno.test("decoderSteps() leaves at least one step to each part", () => {
  const config = LATENT_FLOW_PRESETS["tiny"]!;
  const of = (steps: number, decoderShare: number) =>
    decoderSteps({ ...config, steps, training: { ...config.training, decoderShare } });
  assertEquals([of(100, 0.25), of(2, 0.99), of(10, 0.01), of(1, 0.5)], [25, 1, 1, 1]);
});
