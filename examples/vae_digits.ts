/**
 * A variational autoencoder (Kingma & Welling, 2014) of handwritten digits. Its noise is drawn within the program, from a key
 * that is an argument. Writes a sheet of digits that it made up.
 *
 *     deno task run examples/vae_digits.ts [STEPS] [FILE]
 *
 * @module
 */
import * as nn from "@gasp/autograd";
import { batchOrder, mnistPackage } from "@gasp/datasets";
import { contactSheet, encodePng } from "@gasp/gasp";
import * as t from "@gasp/tensor";

const SIZE = 28, PIXELS = SIZE ** 2, HIDDEN = 200, LATENT = 16, BATCH = 128;
const [steps = "600", file = "vae.png"] = Deno.args;

type Model = { encoder: nn.LinearParams[]; decoder: nn.LinearParams[] };

/** The evidence lower bound, negated, in nats a digit. */
function loss({ encoder, decoder }: Model, x: t.Tensor, key: t.Tensor): t.Tensor {
  const [mean, logVariance] = t.split(nn.mlp(x, encoder, t.relu), 2, 1) as [t.Tensor, t.Tensor];
  const noise = t.normal(key, mean.shape);
  const latent = t.add(mean, t.mul(t.exp(t.mul(logVariance, 0.5)), noise));
  const errors = nn.binaryCrossEntropyLoss(nn.mlp(latent, decoder, t.relu), x, { reduction: "none" });
  return t.mean(t.add(t.sum(errors, { axes: 1 }), nn.gaussianKl({ mean, logVariance })));
}

await using device = await t.openDevice("wasm");
const optimizer = nn.adam({ learningRate: 1e-3 });
using step = t.compile((model: Model, state: nn.OptimizerState<Model>, x: t.Tensor, key: t.Tensor) => {
  const { value, gradient } = nn.valueAndGrad(loss)(model, x, key);
  return { value, ...optimizer.update(model, gradient, state) };
}, { device, donateArgnums: [0, 1] });

const digits = await mnistPackage(SIZE);
const order = batchOrder({ seed: 0, batchSize: BATCH, items: digits.items });
const random = nn.randomSource({ seed: 0, stream: "model" });
let params: Model = {
  encoder: nn.initMlp(random, [PIXELS, HIDDEN, 2 * LATENT]),
  decoder: nn.initMlp(random, [LATENT, HIDDEN, PIXELS]),
};
let state = optimizer.init(params);
for (let i = 0; i < Number(steps); i++) {
  const values = await digits.batch(order.indices(i)); // from -1 to 1
  const x = t.tensor(values.map((value) => (value + 1) / 2), [BATCH, PIXELS]);
  const { value, ...next } = await step(params, state, x, t.randomKey({ seed: 0, stream: "noise", step: i }));
  ({ params, state } = next);
  if (i % 50 === 49 || i === 0) console.log(`step ${i + 1}: ${(await value.item()).toFixed(1)} nats`);
  value.dispose();
}

const latents = t.normal(t.randomKey({ seed: 1, stream: "samples", step: 0 }), [64, LATENT]);
const samples = await t.evaluate(nn.mlp(latents, params.decoder, t.relu, t.sigmoid), device);
const values = [...await samples.data()].map((value) => 2 * value - 1);
await Deno.writeFile(file, encodePng(contactSheet(values, { height: SIZE, width: SIZE, channels: 1 })));
t.disposeTree({ params, state, samples });
