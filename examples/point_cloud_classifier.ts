/**
 * Tells octahedra, balls and cubes apart by points on their surfaces, with two PointConv layers. Neighbours are found within
 * the compiled step, since every cloud has points of its own.
 *
 *     deno task run examples/point_cloud_classifier.ts [STEPS]
 *
 * @module
 */
import * as nn from "@gasp/autograd";
import { initPointConv, pointConv, toBatchMajor, tracedTables } from "@gasp/pointconv";
import * as t from "@gasp/tensor";

const POINTS = 64, BATCH = 24, CHANNELS = 32, STEPS = Number(Deno.args[0] ?? 200);
const LAYERS = [{ points: 24, neighbours: 12 }, { points: 6, neighbours: 12 }];

/** Unit balls of three norms, of random sizes: random directions u become u / |u|; a third of the batch each. */
function clouds(key: t.Tensor): { points: t.Tensor; classes: t.Tensor } {
  const shapes = t.split(t.normal(t.foldIn(key, 0), [BATCH, POINTS, 3]), 3).map((u, i) =>
    t.div(u, t.norm(u, { order: [1, 2, Infinity][i]!, axes: -1, keepDims: true }))
  );
  const size = t.add(t.uniform(t.foldIn(key, 1), [BATCH, 1, 1]), 0.5);
  return { points: t.mul(t.concatenate(shapes, 0), size), classes: t.repeat(t.arange(3), BATCH / 3, 0) };
}

type Model = { convs: nn.NetworkState[]; head: nn.LinearParams };

/** The loss, and the part of the clouds that are right. */
function score({ convs, head }: Model, points: t.Tensor, classes: t.Tensor): readonly [t.Tensor, t.Tensor] {
  const coordinates = t.reshape(points, [BATCH * POINTS, 3]);
  const tables = tracedTables({ coordinates, clouds: BATCH, points: POINTS }, LAYERS);
  let features = t.ones([BATCH * POINTS, 1, 1]); // a point knows only where it is
  convs.forEach((conv, i) => features = t.relu(pointConv(features, conv, tables[i]!, "train").features));
  const pooled = t.mean(toBatchMajor(features, LAYERS.at(-1)!.points), { axes: 1 });
  const logits = nn.linear(pooled, head.weight, head.bias);
  const right = t.equal(t.argmax(logits, { axis: 1 }), classes);
  return [nn.crossEntropyLoss(logits, classes), t.mean(t.cast(right, "f32"))];
}

await using device = await t.openDevice("wasm");
const optimizer = nn.adam({ learningRate: 2e-3 });
using step = t.compile((model: Model, state: nn.OptimizerState<Model>, key: t.Tensor) => {
  const { points, classes } = clouds(key);
  const { aux, gradient } = nn.valueAndGrad(score, { hasAux: true })(model, points, classes);
  return { right: aux, ...optimizer.update(model, gradient, state) };
}, { device, donateArgnums: [0, 1] });

const random = nn.randomSource({ seed: 0, stream: "model" });
const conv = (channelsIn: number) =>
  initPointConv(random, { dimension: 3, channelsIn, channelsOut: CHANNELS });
let params: Model = { convs: [conv(1), conv(CHANNELS)], head: nn.initLinear(random, CHANNELS, 3) };
let state = optimizer.init(params), recent = 0;
for (let i = 0; i < STEPS; i++) {
  const { right, ...next } = await step(params, state, t.randomKey({ seed: 0, stream: "clouds", step: i }));
  ({ params, state } = next);
  recent += 0.1 * (await right.item() - recent); // clouds are new in every step
  right.dispose();
}
console.log(`${(100 * recent).toFixed(1)} % of the last clouds were right`);
t.disposeTree({ params, state });
