/**
 * The cases for the packages of this repository.
 *
 * @module
 */
import { grad } from "@gasp/autograd";
import {
  add,
  compile,
  evaluate,
  leakyRelu,
  matmul,
  mean,
  knn,
  openDevice,
  square,
  tanh,
  type Device,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { type CaseName, NETWORKS, networkWeights, noise, type Prepared, PRODUCT, SEARCH } from "./cases.ts";

type Layer = { readonly weight: Tensor; readonly bias: Tensor };

/**
 * Prepares a case.
 *
 * @param name Case.
 * @param kind Device.
 */
export async function prepareGasp(name: CaseName, kind: "wasm" | "webgpu"): Promise<Prepared> {
  const device = await openDevice(kind);
  return await { product, networks, search }[name](device);
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

async function search(device: Device): Promise<Prepared> {
  const { points, dimension, neighbours } = SEARCH;
  const cloud = await evaluate(tensor(noise(points * dimension, 5), [points, dimension]), device);
  const find = compile((cloud: Tensor) => knn(cloud, cloud, { k: neighbours }), { device });
  return async () => await readOnce(await find(cloud));
}

async function readOnce(result: Tensor): Promise<ArrayLike<number>> {
  const data = await result.data();
  result.dispose();
  return data;
}
