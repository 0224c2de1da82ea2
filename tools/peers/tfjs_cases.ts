/**
 * The cases for TensorFlow.js. It has no neighbour search, so that is brute force with its `topk`.
 *
 * @module
 */
import * as tf from "npm:@tensorflow/tfjs@4.22.0";
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
  return { product, networks, conv, convGrad, normal, search, ...operations }[name]();
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

/** Images `[batch, height, width, channels]`, weights and a cotangent; the layout that it is optimised for. */
function images(): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const { batch, channels, size, kernel } = CONVOLUTION, shape = [batch, size, size, channels];
  const weights = [kernel, kernel, channels, channels];
  return [shape, weights, shape].map((shape, i) =>
    tf.tensor(noise(shape.reduce((a, b) => a * b), i), shape)
  ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
}

function conv(): Prepared {
  const [x, w] = images();
  return () => readOnce(tf.conv2d(x, w, 1, "same"));
}

function convGrad(): Prepared {
  const [x, w, g] = images();
  const slopes = tf.grads((x: Tensor, w: Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"));
  return async () => {
    const [byPictures, byWeights] = tf.tidy(() => slopes([x, w], g));
    const data = await byPictures!.data();
    tf.dispose([byPictures!, byWeights!]);
    return data;
  };
}

function normal(): Prepared {
  let step = 0;
  return () => readOnce(tf.randomNormal([NORMALS], 0, 1, "float32", step++));
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

/** Operations on tensors in the memory of the backend. */
function prepareOperation(
  shapes: readonly (readonly number[])[],
  operation: (...inputs: Tensor[]) => Tensor,
): Prepared {
  const inputs = shapes.map((shape, i) => tf.tensor(noise(shape.reduce((a, b) => a * b, 1), 20 + i), [...shape]));
  return () => readOnce(tf.tidy(() => operation(...inputs)));
}

const rows = [ROWS.rows, ROWS.columns] as const, sorted = [SORTED.rows, SORTED.columns] as const;
const operations = {
  cumsum: () => prepareOperation([rows], (x) => tf.cumsum(x!, 1)),
  // It has no sort, so that this selects all elements.
  sort: () => prepareOperation([sorted], (x) => tf.topk(x!, SORTED.columns).values),
  topK: () => prepareOperation([sorted], (x) => tf.topk(x!, SORTED.largest).values),
  argmax: () => prepareOperation([rows], (x) => tf.argMax(x!, 1)),
  concatenate: () => prepareOperation([rows, rows], (a, b) => tf.concat([a!, b!], 1)),
  scatter: () => {
    const { rows, updates, width } = SCATTERED, index = tf.tensor2d(rowNumbers(), [updates, 1], "int32");
    return prepareOperation([[updates, width]], (x) => tf.scatterND(index, x!, [rows, width]));
  },
};
