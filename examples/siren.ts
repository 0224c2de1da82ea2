/**
 * Fits a drawn face with a SIREN (Sitzmann et al., 2020): a network from coordinates to colours with sines between its
 * layers. Prints how near it comes (PSNR, more is better) and draws it at four times as many points a side.
 *
 *     deno task run examples/siren.ts [STEPS] [FILE]
 *
 * @module
 */
import { adam, cosineDecay, linear, mseLoss, randomSource, valueAndGrad } from "@gasp/autograd";
import type { LinearParams, OptimizerState } from "@gasp/autograd";
import { avatarImages, gridCoordinates } from "@gasp/datasets";
import { encodePng, rasterFromValues } from "@gasp/gasp";
import { compile, disposeTree, evaluate, mul, openDevice, sin, type Tensor, tensor } from "@gasp/tensor";

const SIZE = 48, LARGE = 4 * SIZE, OMEGA = 30, SIZES = [2, 64, 64, 3];
const [steps = "400", file = "siren.png"] = Deno.args;

/** Weights as in section 3.2 of the paper: activations have the same distribution in every layer. */
function initSiren(): LinearParams[] {
  const random = randomSource({ seed: 0, stream: "siren" });
  return SIZES.slice(1).map((outputs, i) => {
    const inputs = SIZES[i]!, bound = i === 0 ? 1 / inputs : Math.sqrt(6 / inputs) / OMEGA;
    const draw = (...shape: number[]) => random.uniform(shape, -bound, bound);
    return { weight: draw(outputs, inputs), bias: draw(outputs) };
  });
}

const siren = (layers: readonly LinearParams[], x: Tensor): Tensor =>
  layers.reduce((h, { weight, bias }, i) => {
    const y = linear(h, weight, bias);
    return i < layers.length - 1 ? sin(mul(y, OMEGA)) : y;
  }, x);

const { pixels } = await avatarImages({ count: 1, resolution: SIZE, seed: 7 });
const target = tensor(Float32Array.from(pixels, (byte) => byte / 127.5 - 1), [SIZE * SIZE, 3]);
const grid = (size: number) => tensor(gridCoordinates([size, size]), [size * size, 2]);

await using device = await openDevice("wasm");
const optimizer = adam({ learningRate: cosineDecay({ from: 1e-3, steps: Number(steps) }) });
const x = grid(SIZE), loss = (layers: LinearParams[]) => mseLoss(siren(layers, x), target);
using step = compile((layers: LinearParams[], state: OptimizerState<LinearParams[]>) => {
  const { value, gradient } = valueAndGrad(loss)(layers);
  return { value, ...optimizer.update(layers, gradient, state) };
}, { device, donateArgnums: [0, 1] });

let params = initSiren(), state = optimizer.init(params);
for (let i = 0; i < Number(steps); i++) {
  const { value, ...next } = await step(params, state);
  ({ params, state } = next);
  value.dispose();
}
const { mse, drawn } = await evaluate({ mse: loss(params), drawn: siren(params, grid(LARGE)) }, device);
console.log(`PSNR ${(10 * Math.log10(4 / await mse.item())).toFixed(1)} dB`);
const picture = rasterFromValues(await drawn.data(), { height: LARGE, width: LARGE, channels: 3 });
await Deno.writeFile(file, encodePng(picture));
disposeTree({ params, state, mse, drawn });
