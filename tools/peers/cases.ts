/**
 * The measured cases: a matrix product, the forward and backward pass of a batch of function networks, a neighbour
 * search, by brute force if a library has no better one, and operations that have kernels of their own.
 *
 * @module
 */

/** Size of the square matrices. */
export const PRODUCT = 768;

/** Function networks of a batch of latents, evaluated at the pixels of an image, as for MNIST with batch size 16. */
export const NETWORKS = { batch: 16, points: 784, widths: [256, 128, 128, 128, 1], slope: 0.1 } as const;

/** Size of the neighbour search. */
export const SEARCH = { points: 4096, dimension: 3, neighbours: 27 } as const;

/** A convolution of images: the forward pass, and the gradients with respect to images and weights. */
export const CONVOLUTION = { batch: 4, channels: 64, size: 64, kernel: 3 } as const;

/** Number of standard normal samples, drawn within the program. */
export const NORMALS = 1 << 22;

/** Shape of the rows for cumulative sums, argmax and concatenation. */
export const ROWS = { rows: 1024, columns: 1024 } as const;

/** Shape of the rows that are sorted, and how many of the largest elements of each are selected. */
export const SORTED = { rows: 64, columns: 4096, largest: 32 } as const;

/** Size of the scatter-add: rows of a width, and updates that are added to them. */
export const SCATTERED = { rows: 8192, updates: 65_536, width: 16 } as const;

/** Names of the cases. */
export const CASES = [
  "product",
  "networks",
  "conv",
  "convGrad",
  "normal",
  "search",
  "cumsum",
  "sort",
  "topK",
  "argmax",
  "concatenate",
  "scatter",
] as const;

/** A case. */
export type CaseName = (typeof CASES)[number];

/** Returns the floating-point operations of a case in units of 10⁹; 0 if arithmetic does not dominate. */
export function gflopOf(name: CaseName): number {
  if (!["product", "networks", "conv", "convGrad"].includes(name)) return 0;
  if (name === "product") return 2 * PRODUCT ** 3 / 1e9;
  if (name === "conv" || name === "convGrad") {
    const { batch, channels, size, kernel } = CONVOLUTION;
    return (name === "conv" ? 2 : 4) * batch * (size * channels * kernel) ** 2 / 1e9;
  }
  const { batch, points, widths } = NETWORKS;
  const products = widths.slice(1).map((width, i) => width * widths[i]! * (i === 0 ? 2 : 3));
  return 2 * batch * points * products.reduce((sum, product) => sum + product, 0) / 1e9;
}

/** A prepared case. Each call computes and reads back the results. */
export type Prepared = () => Promise<ArrayLike<number>>;

/** Returns deterministic numbers in [-1, 1]. */
export function noise(size: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

/** Returns pseudorandom row indices, the same for every system. */
export function rowNumbers(): Int32Array<ArrayBuffer> {
  const { rows, updates } = SCATTERED;
  return Int32Array.from({ length: updates }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 0) % rows);
}

/** Returns weights `[batch, in, out]` and biases `[batch, 1, out]`, scaled so that activations have magnitude 1. */
export function networkWeights(): { readonly weight: Float32Array; readonly bias: Float32Array }[] {
  const { batch, widths } = NETWORKS;
  return widths.slice(1).map((width, i) => ({
    weight: noise(batch * widths[i]! * width, i).map((value) => value * Math.sqrt(3 / widths[i]!)),
    bias: noise(batch * width, 10 + i).map((value) => 0.1 * value),
  }));
}
