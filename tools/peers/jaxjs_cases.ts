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
  random,
  vjp,
} from "npm:@jax-js/jax@0.1.25";
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

/**
 * Prepares a case.
 *
 * @param name Case.
 * @param kind Device.
 */
export async function prepareJaxjs(name: CaseName, kind: "wasm" | "webgpu"): Promise<Prepared> {
  if (!(await init()).includes(kind)) throw new Error(`jax-js has no device ${kind} here`);
  defaultDevice(kind);
  return await { product, networks, conv, convGrad, normal, search, ...operations }[name]();
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

/** Images, weights and a cotangent of the result. */
async function images(): Promise<[Tensor, Tensor, Tensor]> {
  const { batch, channels, size, kernel } = CONVOLUTION, shape = [batch, channels, size, size];
  const weights = [channels, channels, kernel, kernel];
  const host = [shape, weights, shape].map((shape, i) => array(noise(shape.reduce((a, b) => a * b), i), shape));
  return await blockUntilReady(host) as [Tensor, Tensor, Tensor];
}

const convolve = (x: Tensor, w: Tensor): Tensor => lax.convGeneralDilated(x, w, [1, 1], "SAME");

async function conv(): Promise<Prepared> {
  const [x, w] = await images();
  const forward = jit(convolve);
  return () => forward(x.ref, w.ref).data();
}

async function convGrad(): Promise<Prepared> {
  const [x, w, g] = await images();
  const backward = jit((x: Tensor, w: Tensor, g: Tensor) => {
    const [value, pullback] = vjp(convolve, [x, w]);
    value.dispose();
    return pullback(g) as [Tensor, Tensor];
  });
  return async () => {
    const [byPictures, byWeights] = backward(x.ref, w.ref, g.ref);
    byWeights.dispose();
    return await byPictures.data();
  };
}

function normal(): Promise<Prepared> {
  const draw = jit((key: Tensor) => random.normal(key, [NORMALS]));
  let step = 0;
  return Promise.resolve(() => draw(random.key(step++)).data());
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

/** Operations on arrays in device memory; with `jit` where an operation can be traced. */
async function prepareOperation(
  shapes: readonly (readonly number[])[],
  operation: (...inputs: Tensor[]) => Tensor,
): Promise<Prepared> {
  const inputs = shapes.map((shape, i) => array(noise(shape.reduce((a, b) => a * b, 1), 20 + i), [...shape]));
  await blockUntilReady(inputs);
  const run = jit((...inputs: Tensor[]) => operation(...inputs));
  return () => run(...inputs.map((input) => input.ref)).data();
}

const rows = [ROWS.rows, ROWS.columns] as const, sorted = [SORTED.rows, SORTED.columns] as const;
const operations = {
  cumsum: () => prepareOperation([rows], (x) => np.cumsum(x!, 1)),
  sort: () => prepareOperation([sorted], (x) => np.flip(np.sort(x!), 1)),
  topK: () => prepareOperation([sorted], (x) => topValues(x!)),
  argmax: () => prepareOperation([rows], (x) => np.argmax(x!, 1)),
  concatenate: () => prepareOperation([rows, rows], (a, b) => np.concatenate([a!, b!], 1)),
  // It has no scatter function, so that this is the derivative of taking rows.
  scatter: () => {
    const { rows, updates, width } = SCATTERED;
    const index = np.array(rowNumbers(), { dtype: np.int32 });
    const sums = grad((x: Tensor, update: Tensor) => np.sum(np.take(x, index.ref, 0).mul(update)));
    return prepareOperation([[updates, width]], (update) => sums(np.zeros([rows, width]), update!));
  },
};

function topValues(x: Tensor): Tensor {
  const [values, indices] = lax.topK(x, SORTED.largest);
  indices.dispose();
  return values;
}
