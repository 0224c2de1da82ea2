/**
 * The cases for the packages of this repository.
 *
 * @module
 */
import { grad, vjp } from "@gasp/autograd";
import {
  add,
  argmax,
  compile,
  concatenate,
  cumsum,
  conv as convolve,
  evaluate,
  leakyRelu,
  matmul,
  mean,
  knn,
  normal as normals,
  openDevice,
  scatterAdd,
  sizeOf,
  sort,
  randomKey,
  square,
  tanh,
  type Device,
  type Tensor,
  tensor,
  topK,
  zeros,
} from "@gasp/tensor";
import {
  type CaseName,
  CONVOLUTION,
  NETWORKS,
  networkWeights,
  noise,
  NORMALS,
  type Prepared,
  PRODUCT,
  rowNumbers,
  ROWS,
  SCATTERED,
  SEARCH,
  SORTED,
} from "./cases.ts";

type Layer = { readonly weight: Tensor; readonly bias: Tensor };

/**
 * Prepares a case.
 *
 * @param name Case.
 * @param kind Device.
 */
export async function prepareGasp(name: CaseName, kind: "wasm" | "webgpu"): Promise<Prepared> {
  const device = await openDevice(kind);
  return await { product, networks, conv, convGrad, normal, search, ...operations }[name](device);
}

async function product(device: Device): Promise<Prepared> {
  const operands = [1, 2].map((seed) => tensor(noise(PRODUCT ** 2, seed), [PRODUCT, PRODUCT]));
  const [a, b] = await evaluate([operands[0]!, operands[1]!] as const, device);
  const multiply = compile((a: Tensor, b: Tensor) => matmul(a, b), { device });
  return async () => await readOnce(await multiply(a, b));
}

async function networks(device: Device): Promise<Prepared> {
  const { batch, points, widths, slope } = NETWORKS;
  const input = await evaluate(tensor(noise(points * widths[0], 99), [1, points, widths[0]]), device);
  const layers = await evaluate(
    networkWeights().map(({ weight, bias }, i): Layer => ({
      weight: tensor(weight, [batch, widths[i]!, widths[i + 1]!]),
      bias: tensor(bias, [batch, 1, widths[i + 1]!]),
    })),
    device,
  );
  const loss = (layers: readonly Layer[]) => {
    const last = layers.length - 1;
    const output = layers.reduce((hidden, { weight, bias }, i) => {
      const sum = add(matmul(hidden, weight), bias);
      return i === last ? tanh(sum) : leakyRelu(sum, slope);
    }, input);
    return mean(square(output));
  };
  const gradient = compile((layers: Layer[]) => grad(loss)(layers), { device });
  return async () => {
    const gradients = await gradient([...layers]);
    const first = await readOnce(gradients[0]!.weight);
    gradients.forEach(({ weight, bias }) => [weight, bias].forEach((leaf) => leaf.dispose()));
    return first;
  };
}

/** Images, weights and a cotangent of the result. */
async function images(device: Device): Promise<[Tensor, Tensor, Tensor]> {
  const { batch, channels, size, kernel } = CONVOLUTION, shape = [batch, channels, size, size];
  const weights = [channels, channels, kernel, kernel];
  const host = [shape, weights, shape].map((shape, i) => tensor(noise(shape.reduce((a, b) => a * b), i), shape));
  return await evaluate(host, device) as [Tensor, Tensor, Tensor];
}

async function conv(device: Device): Promise<Prepared> {
  const [x, w] = await images(device);
  const forward = compile((x: Tensor, w: Tensor) => convolve(x, w, { padding: "same" }), { device });
  return async () => await readOnce(await forward(x, w));
}

async function convGrad(device: Device): Promise<Prepared> {
  const [x, w, g] = await images(device);
  const backward = compile((x: Tensor, w: Tensor, g: Tensor) => {
    const [, pullback] = vjp((x: Tensor, w: Tensor) => convolve(x, w, { padding: "same" }), [x, w]);
    return pullback(g);
  }, { device });
  return async () => {
    const [byPictures, byWeights] = await backward(x, w, g);
    byWeights.dispose();
    return await readOnce(byPictures);
  };
}

function normal(device: Device): Promise<Prepared> {
  const draw = compile((key: Tensor) => normals(key, [NORMALS]), { device });
  let step = 0;
  return Promise.resolve(async () =>
    await readOnce(await draw(randomKey({ seed: 1, stream: "peers", step: step++ })))
  );
}

async function search(device: Device): Promise<Prepared> {
  const { points, dimension, neighbours } = SEARCH;
  const cloud = await evaluate(tensor(noise(points * dimension, 5), [points, dimension]), device);
  const find = compile((cloud: Tensor) => knn(cloud, cloud, { k: neighbours }), { device });
  return async () => await readOnce(await find(cloud));
}

/** Operations on tensors in device memory. */
async function prepareOperation(
  device: Device,
  shapes: readonly (readonly number[])[],
  operation: (...inputs: Tensor[]) => Tensor,
): Promise<Prepared> {
  const given = shapes.map((shape, i) => tensor(noise(sizeOf(shape), 20 + i), shape));
  const inputs = await evaluate(given, device);
  const run = compile((...inputs: Tensor[]) => operation(...inputs), { device });
  return async () => await readOnce(await run(...inputs));
}

const rows = [ROWS.rows, ROWS.columns] as const, sorted = [SORTED.rows, SORTED.columns] as const;
const operations = {
  cumsum: (device: Device) => prepareOperation(device, [rows], (x) => cumsum(x!, { axis: 1 })),
  sort: (device: Device) => prepareOperation(device, [sorted], (x) => sort(x!, { descending: true })),
  topK: (device: Device) => prepareOperation(device, [sorted], (x) => topK(x!, SORTED.largest).values),
  argmax: (device: Device) => prepareOperation(device, [rows], (x) => argmax(x!, { axis: 1 })),
  concatenate: (device: Device) => prepareOperation(device, [rows, rows], (a, b) => concatenate([a!, b!], 1)),
  scatter: async (device: Device) => {
    const { rows, updates, width } = SCATTERED;
    const index = await evaluate(tensor(rowNumbers()), device);
    return await prepareOperation(device, [[updates, width]], (x) => scatterAdd(zeros([rows, width]), index, x!));
  },
};

async function readOnce(result: Tensor): Promise<ArrayLike<number>> {
  const data = await result.data();
  result.dispose();
  return data;
}
