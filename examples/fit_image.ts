/**
 * Fits an image, as a function from coordinates to colours, by a small network: once with raw coordinates as input, once
 * with random Fourier features of them. Prints the PSNR of each (higher is better) and writes the image and both fits side
 * by side.
 *
 *     deno run -A examples/fit_image.ts [STEPS] [FILE]
 *
 * @module
 */
import { adam, grad, initMlp, mlp, randomSource, relu } from "@gasp/autograd";
import type { LinearParams, OptimizerState } from "@gasp/autograd";
import { avatarImages, gridCoordinates, imageDataset } from "@gasp/datasets";
import { contactSheet, encodePng, fourierFeatures } from "@gasp/gasp";
import {
  compile,
  disposeTree,
  evaluate,
  mean,
  openDevice,
  randomNormal,
  square,
  sub,
  tanh,
} from "@gasp/tensor";
import { type Tensor, tensor } from "@gasp/tensor";

const SIZE = 64, FREQUENCIES = 64, SIGMA = 2, LEARNING_RATE = 3e-3;
const [steps = "300", file = "fit_image.png"] = Deno.args;

const device = await openDevice();

/** Trains a network on inputs `[points, inputs]`, and returns its output `[points, 3]` in (-1, 1). */
async function fit(inputs: Tensor, target: Tensor): Promise<Float32Array> {
  const network = (layers: readonly LinearParams[]) => mlp(inputs, layers, relu, tanh);
  const loss = (layers: LinearParams[]) => mean(square(sub(network(layers), target)));
  const optimizer = adam({ learningRate: LEARNING_RATE });
  const step = compile(
    (layers: LinearParams[], state: OptimizerState<LinearParams[]>) =>
      optimizer.update(layers, grad(loss)(layers), state),
    { device, donateArgnums: [0, 1] },
  );
  const random = randomSource({ seed: 0, stream: "network" });
  let params: LinearParams[] = initMlp(random, [inputs.shape[1]!, 64, 64, 3]),
    state = optimizer.init(params);
  for (let i = 0; i < Number(steps); i++) ({ params, state } = await step(params, state));
  const drawn = await evaluate(network(params), device);
  const values = Float32Array.from(await drawn.data());
  disposeTree({ params, state, drawn });
  step.release();
  return values;
}

/** Computes the peak signal-to-noise ratio in decibels of values in [-1, 1]. */
function psnr(values: Float32Array, target: Float32Array): number {
  const squares = values.reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0);
  return 10 * Math.log10(4 * values.length / squares);
}

const face = imageDataset("face", await avatarImages({ count: 1, resolution: SIZE, seed: 7 }));
const pixels = await face.batch([0]), target = tensor(pixels, [SIZE * SIZE, 3]);
const coordinates = tensor(gridCoordinates([SIZE, SIZE]), [SIZE * SIZE, 2]);
const normal = randomNormal({ seed: 0, stream: "frequencies", step: 0 }, FREQUENCIES * 2);
const frequencies = tensor(normal.map((value) => SIGMA * value), [FREQUENCIES, 2]);
const encoded = await evaluate(fourierFeatures(coordinates, frequencies), device);

const plain = await fit(coordinates, target), fourier = await fit(encoded, target);
console.log(`coordinates:      ${psnr(plain, pixels).toFixed(1)} dB`);
console.log(`Fourier features: ${psnr(fourier, pixels).toFixed(1)} dB`);

const sheet = contactSheet([...pixels, ...plain, ...fourier], {
  height: SIZE,
  width: SIZE,
  channels: 3,
  columns: 3,
  zoom: 3,
});
await Deno.writeFile(file, encodePng(sheet));
console.log(`wrote ${file}`);
disposeTree(encoded);
await device.close();
