/**
 * Compares layers, a gradient within a loss, and Adam, as compiled programs on every device, with the reference interpreter.
 */
import {
  adam,
  batchNorm,
  type BatchNormParams,
  grad,
  initBatchNorm,
  initLinear,
  linear,
  type LinearParams,
  type OptimizerState,
  randomSource,
  valueAndGrad,
} from "@gasp/autograd";
import {
  add,
  compile,
  type Device,
  disposeTree,
  leakyRelu,
  log,
  mean,
  mul,
  neg,
  randomNormal,
  reference,
  sigmoid,
  square,
  sum,
  type Tensor,
  tensor,
  treeLeaves,
  treePaths,
} from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const [BATCH, POINTS, CHANNELS] = [4, 6, 5];

type Params = { hidden: LinearParams; norm: { weight: Tensor; bias: Tensor }; head: LinearParams };

function initialParams(): Params {
  const random = randomSource({ seed: 1, stream: "layers" });
  const { weight, bias } = initBatchNorm(CHANNELS);
  return {
    hidden: initLinear(random, 3, CHANNELS),
    norm: { weight, bias },
    head: initLinear(random, CHANNELS, 1),
  };
}

function features(): Tensor {
  const values = randomNormal({ seed: 1, stream: "features", step: 0 }, BATCH * POINTS * 3);
  return tensor(values, [BATCH, POINTS, 3]);
}

/** Computes the probability that a point set is real, `[batch, points, 3] → [batch]`. */
function discriminator(x: Tensor, { hidden, norm, head }: Params, running: BatchNormParams): Tensor {
  const { output } = batchNorm(linear(x, hidden.weight), { ...running, ...norm }, { mode: "train" });
  const scores = linear(leakyRelu(output, 0.2), head.weight, head.bias);
  return sigmoid(sum(scores, { axes: [1, 2] }));
}

/** Computes the cross-entropy of real data plus the R1 penalty. */
function loss(params: Params, x: Tensor, running: BatchNormParams): Tensor {
  const gradient = grad((real: Tensor) => sum(discriminator(real, params, running)))(x);
  const penalty = mean(sum(square(gradient), { axes: [1, 2] }));
  return add(neg(mean(log(discriminator(x, params, running)))), mul(penalty, 5));
}

const optimizer = adam({ learningRate: 1e-3 });

async function train(device: Device, steps: number): Promise<Map<string, number[]>> {
  const running = initBatchNorm(CHANNELS), x = features();
  const step = compile(
    (params: Params, state: OptimizerState<Params>) => {
      const { value, gradient } = valueAndGrad((p: Params) => loss(p, x, running))(params);
      return { value, gradient, ...optimizer.update(params, gradient, state) };
    },
    { device, donateArgnums: [0, 1] },
  );
  let params = initialParams(), state = optimizer.init(params);
  const values = new Map<string, number[]>();
  for (let i = 1; i <= steps; i++) {
    const result = await step(params, state);
    ({ params, state } = result);
    const outputs = { value: result.value, gradient: result.gradient };
    for (const [path, leaf] of treePaths(outputs)) values.set(`${i}/${path}`, [...await leaf.data()]);
    disposeTree(outputs);
  }
  for (const [path, leaf] of treePaths(params)) values.set(path, [...await leaf.data()]);
  disposeTree({ params, state });
  step.release();
  return values;
}

await deviceTest("training with a gradient penalty equals the reference", async (device) => {
  const expected = await train(reference, 3);
  const actual = await train(device, 3);
  assertEquals([...actual.keys()], [...expected.keys()]);
  for (const [path, values] of expected) {
    for (const [i, value] of values.entries()) {
      const got = actual.get(path)![i]!;
      const near = Math.abs(got - value) <= 2e-5 * Math.max(1, Math.abs(value));
      if (!near) throw new Error(`${path}: element ${i} is ${got}, expected ${value}`);
    }
  }
}, ["wasm", "webgpu"]);

await deviceTest(
  "adam() needs at most one kernel per parameter, and one for shared values",
  async (device) => {
    const params = initialParams();
    using step = compile(
      (p: Params, gradient: Params, state: OptimizerState<Params>) => optimizer.update(p, gradient, state),
      { device },
    );
    const { kernels } = await step.plan(params, params, optimizer.init(params));
    assertEquals(kernels >= 1 && kernels <= treeLeaves(params).length + 1, true, `${kernels} kernels`);
  },
  ["wasm", "webgpu"],
);
