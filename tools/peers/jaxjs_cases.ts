/**
 * The cases for jax-js. Operations consume their operands unless these are passed as `.ref`. It has no neighbour search, so
 * that is brute force with its `topK`.
 *
 * @module
 */
import {
  type Array as Tensor,
  blockUntilReady,
  defaultDevice,
  grad,
  init,
  jit,
  lax,
  nn,
  numpy as np,
} from "npm:@jax-js/jax@0.1.25";
import { type CaseName, NETWORKS, networkWeights, noise, type Prepared, PRODUCT, SEARCH } from "./cases.ts";

/**
 * Prepares a case.
 *
 * @param name Case.
 * @param kind Device.
 */
export async function prepareJaxjs(name: CaseName, kind: "wasm" | "webgpu"): Promise<Prepared> {
  if (!(await init()).includes(kind)) throw new Error(`jax-js has no device ${kind} here`);
  defaultDevice(kind);
  return await { product, networks, search }[name]();
}

const array = (data: Float32Array, shape: number[]): Tensor =>
  np.array(data as Float32Array<ArrayBuffer>).reshape(shape);

async function product(): Promise<Prepared> {
  const [a, b] = await blockUntilReady(
    [1, 2].map((seed) => array(noise(PRODUCT ** 2, seed), [PRODUCT, PRODUCT])),
  );
  const multiply = jit((a: Tensor, b: Tensor) => np.matmul(a, b));
  return () => multiply(a!.ref, b!.ref).data();
}

async function networks(): Promise<Prepared> {
  const { batch, points, widths, slope } = NETWORKS;
  const input = array(noise(points * widths[0], 99), [1, points, widths[0]]);
  const layers = networkWeights().map(({ weight, bias }, i) => ({
    weight: array(weight, [batch, widths[i]!, widths[i + 1]!]),
    bias: array(bias, [batch, 1, widths[i + 1]!]),
  }));
  await blockUntilReady([input, ...layers.flatMap(({ weight, bias }) => [weight, bias])]);
  const last = layers.length - 1;
  const gradient = jit(grad((params: typeof layers) => {
    let hidden = np.broadcastTo(input.ref, [batch, points, widths[0]]);
    params.forEach(({ weight, bias }, i) => {
      const sum = np.matmul(hidden, weight).add(bias);
      hidden = i === last ? np.tanh(sum) : nn.leakyRelu(sum, slope);
    });
    return np.mean(np.square(hidden));
  }));
  return async () => {
    const gradients = gradient(layers.map(({ weight, bias }) => ({ weight: weight.ref, bias: bias.ref })));
    const [first, ...others] = gradients.flatMap(({ weight, bias }) => [weight, bias]);
    others.forEach((leaf) => leaf.dispose());
    return await first!.data();
  };
}

async function search(): Promise<Prepared> {
  const { points, dimension, neighbours } = SEARCH;
  const cloud = array(noise(points * dimension, 5), [points, dimension]);
  await blockUntilReady(cloud);
  const find = jit((cloud: Tensor) => {
    const squares = np.sum(np.square(cloud.ref), 1, { keepdims: true });
    const products = np.matmul(cloud.ref, np.transpose(cloud));
    const [, indices] = lax.topK(products.mul(2).sub(squares.ref).sub(np.transpose(squares)), neighbours);
    return indices;
  });
  return () => find(cloud.ref).data();
}
