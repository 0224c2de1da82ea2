/**
 * Layers, losses and optimisers on every device: trains a transformer block for a few steps and compares every number with the
 * reference.
 *
 * @module
 */
import {
  adamW,
  clipByGlobalNorm,
  cosineDecay,
  crossEntropyLoss,
  embedding,
  groupNorm,
  initEmbedding,
  initLinear,
  initMlp,
  initMultiHeadAttention,
  initNorm,
  layerNorm,
  linear,
  linearWarmup,
  lion,
  mlp,
  multiHeadAttention,
  type Optimizer,
  randomSource,
  rmsNorm,
  rmsprop,
  sgd,
  valueAndGrad,
} from "@gasp/autograd";
import {
  add,
  compile,
  type Device,
  disposeTree,
  gelu,
  reference,
  reshape,
  type Tensor,
  tensor,
  treePaths,
} from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const WORDS = 7, PLACES = 5, CHANNELS = 8, HEADS = 2, BATCH = 3;

function initialParams() {
  const random = randomSource({ seed: 4, stream: "block" });
  return {
    table: initEmbedding(random, WORDS, CHANNELS),
    attention: initMultiHeadAttention(random, CHANNELS),
    norms: [initNorm(CHANNELS), { weight: initNorm(CHANNELS).weight }, initNorm(PLACES)] as const,
    feedForward: initMlp(random, [CHANNELS, 2 * CHANNELS, CHANNELS]),
    head: initLinear(random, CHANNELS, WORDS),
  };
}

type Params = ReturnType<typeof initialParams>;

/** Returns the cross-entropy of the next word, for a block with every kind of normalisation. */
function loss(params: Params, words: Tensor, next: Tensor): Tensor {
  const x = embedding(words, params.table);
  const normal = layerNorm(x, params.norms[0]);
  const h = add(x, multiHeadAttention(normal, normal, params.attention, { heads: HEADS, causal: true }));
  const y = add(h, mlp(rmsNorm(h, params.norms[1]), params.feedForward, gelu));
  const grouped = groupNorm(y, params.norms[2], { groups: PLACES });
  const logits = linear(grouped, params.head.weight, params.head.bias);
  return crossEntropyLoss(reshape(logits, [BATCH * PLACES, WORDS]), reshape(next, [BATCH * PLACES]));
}

const words = tensor(Int32Array.from({ length: BATCH * PLACES }, (_, i) => (3 * i + i * i) % WORDS), [
  BATCH,
  PLACES,
]);
const next = tensor(Int32Array.from({ length: BATCH * PLACES }, (_, i) => (5 * i + 2) % WORDS), [
  BATCH,
  PLACES,
]);

async function trained(target: Device, optimizer: Optimizer, steps: number): Promise<Map<string, number[]>> {
  const initial = initialParams();
  using step = compile((params: Params, state: ReturnType<typeof optimizer.init<Params>>) => {
    const { value, gradient } = valueAndGrad(loss)(params, words, next);
    const { gradients, norm } = clipByGlobalNorm(gradient, 0.5);
    return { value, norm, ...optimizer.update(params, gradients, state) };
  }, { device: target, donateArgnums: [0, 1] });
  let params = initial, state = optimizer.init(initial);
  const values = new Map<string, number[]>();
  for (let i = 0; i < steps; i++) {
    const { value, norm, ...updated } = await step(params, state);
    ({ params, state } = updated);
    values.set(`loss ${i}`, [...await value.data(), ...await norm.data()]);
    disposeTree([value, norm]);
  }
  for (const [path, leaf] of treePaths(params)) values.set(path, [...await leaf.data()]);
  disposeTree({ params, state });
  return values;
}

const OPTIMIZERS: Record<string, Optimizer> = {
  // The gradient of the bias of keys is 0 except for rounding, which a small ε would amplify to full steps.
  adamW: adamW({
    learningRate: linearWarmup(cosineDecay({ from: 1e-2, steps: 8 }), { steps: 2 }),
    eps: 1e-3,
  }),
  sgd: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-3 }),
  rmsprop: rmsprop({ learningRate: 1e-3, momentum: 0.5, centered: true, eps: 1e-3 }),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  await deviceTest(`a transformer block trained by ${name} equals the reference`, async (target) => {
    const expected = await trained(reference, optimizer, 4), actual = await trained(target, optimizer, 4);
    assertEquals([...actual.keys()], [...expected.keys()]);
    for (const [path, values] of expected) {
      for (const [i, value] of values.entries()) {
        const got = actual.get(path)![i]!;
        const near = Math.abs(got - value) <= 1e-4 * Math.max(1, Math.abs(value));
        if (!near) throw new Error(`${path}: element ${i} is ${got}, expected ${value}`);
      }
    }
  }, ["wasm", "webgpu"]);
}

await deviceTest("a transformer block overfits its batch", async (target) => {
  const losses = [...await trained(target, lion({ learningRate: 5e-3 }), 60)].flatMap(([path, [value]]) =>
    path.startsWith("loss") ? [value!] : []
  );
  assertEquals(losses[0]! > 1 && losses.at(-1)! < 0.5, true, `from ${losses[0]} to ${losses.at(-1)}`);
}, ["wasm"]);
