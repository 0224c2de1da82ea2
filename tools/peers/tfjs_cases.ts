/**
 * The cases for TensorFlow.js. It has no neighbour search, so that is brute force with its `topk`.
 *
 * @module
 */
import * as tf from "npm:@tensorflow/tfjs@4.22.0";
import { type CaseName, NETWORKS, networkWeights, noise, type Prepared, PRODUCT, SEARCH } from "./cases.ts";

type Tensor = tf.Tensor;

/**
 * Prepares a case.
 *
 * @param name Case.
 * @param kind Backend.
 */
export async function prepareTfjs(name: CaseName, kind: "wasm" | "webgpu"): Promise<Prepared> {
  await (kind === "wasm"
    ? import("npm:@tensorflow/tfjs-backend-wasm@4.22.0")
    : import("npm:@tensorflow/tfjs-backend-webgpu@4.22.0"));
  if (!await tf.setBackend(kind)) throw new Error(`TensorFlow.js has no backend ${kind} here`);
  await tf.ready();
  return { product, networks, search }[name]();
}

function product(): Prepared {
  const [a, b] = [1, 2].map((seed) => tf.tensor(noise(PRODUCT ** 2, seed), [PRODUCT, PRODUCT]));
  return () => readOnce(tf.matMul(a!, b!));
}

function networks(): Prepared {
  const { batch, points, widths, slope } = NETWORKS;
  const input = tf.tensor(noise(points * widths[0], 99), [1, points, widths[0]]);
  const params = networkWeights().flatMap(({ weight, bias }, i) => [
    tf.tensor(weight, [batch, widths[i]!, widths[i + 1]!]),
    tf.tensor(bias, [batch, 1, widths[i + 1]!]),
  ]);
  const last = params.length / 2 - 1;
  const loss = (...leaves: Tensor[]): Tensor => {
    let hidden: Tensor = input;
    for (let i = 0; i <= last; i++) {
      const sum = tf.add(tf.matMul(hidden, leaves[2 * i]!), leaves[2 * i + 1]!);
      hidden = i === last ? tf.tanh(sum) : tf.leakyRelu(sum, slope);
    }
    return tf.mean(tf.square(hidden));
  };
  const gradient = tf.grads(loss);
  return async () => {
    const gradients = tf.tidy(() => gradient(params));
    const first = await gradients[0]!.data();
    tf.dispose(gradients);
    return first;
  };
}

function search(): Prepared {
  const { points, dimension, neighbours } = SEARCH;
  const cloud = tf.tensor2d(noise(points * dimension, 5), [points, dimension]);
  return () =>
    readOnce(tf.tidy(() => {
      const squares = tf.sum(tf.square(cloud), 1, true);
      const products = tf.matMul(cloud, cloud, false, true);
      return tf.topk(tf.sub(tf.sub(tf.mul(products, 2), squares), tf.transpose(squares)), neighbours).indices;
    }));
}

async function readOnce(result: Tensor): Promise<ArrayLike<number>> {
  const data = await result.data();
  result.dispose();
  return data;
}
