/**
 * KID: the kernel Inception distance (Bińkowski et al., Demystifying MMD GANs, 2018): the squared MMD without bias with the
 * kernel `(x · y / d + 1)³`, averaged over random subsets.
 *
 * @module
 */
import type { Rows } from "@gasp/pointconv";
import {
  add,
  compile,
  type Device,
  matmul,
  mul,
  permutation,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";
import { type Estimate, meanOf } from "../core/estimate.ts";

/**
 * Sizes of the subsets.
 *
 * @category Metrics
 */
export interface KernelDistanceOptions {
  /** Number of subsets; default 100. */
  readonly subsets?: number;
  /** Size of a subset at most; default 1,000. */
  readonly subsetSize?: number;
  /** Random seed of the subsets; default 0. */
  readonly seed?: number;
  /** Device that computes the kernel. */
  readonly device: Device;
}

/**
 * Computes the kernel distance. Its interval is that of the mean over subsets; subsets overlap, so it is too narrow when they
 * are nearly as large as the sets.
 *
 * @param real Features of real items.
 * @param generated Features of samples.
 * @param options Sizes and device.
 * @throws {RangeError} If a set has fewer than two rows.
 *
 * @category Metrics
 */
export async function kernelDistance(
  real: Rows,
  generated: Rows,
  { subsets = 100, subsetSize = 1000, seed = 0, device }: KernelDistanceOptions,
): Promise<Estimate> {
  const { dimensions } = real;
  const counts = [real, generated].map(({ rows }) => rows.length / dimensions) as [number, number];
  const size = Math.min(subsetSize, ...counts);
  if (size < 2) {
    throw new RangeError(`the kernel distance needs two items of each set, got ${counts.join(" and ")}`);
  }
  const program = compile((x: Tensor, y: Tensor) => {
    const base = add(mul(matmul(x, transpose(y)), 1 / dimensions), 1);
    return sum(mul(mul(base, base), base), { axes: 1 });
  }, { device });
  const sums = async (x: Tensor, y: Tensor) => {
    const result = await program(x, y);
    let total = 0;
    for (const value of await result.data()) total += value;
    result.dispose();
    return total;
  };
  try {
    const values: number[] = [];
    for (let step = 0; step < subsets; step++) {
      const [x, y] = [real, generated].map((set, i) => subset(set, counts[i]!, size, seed, step, i)) as [
        Subset,
        Subset,
      ];
      const among = (await sums(x.rows, x.rows)) - x.diagonal + (await sums(y.rows, y.rows)) - y.diagonal;
      values.push(among / (size * (size - 1)) - 2 * (await sums(x.rows, y.rows)) / size ** 2);
    }
    return meanOf(values);
  } finally {
    program.release();
  }
}

interface Subset {
  readonly rows: Tensor;
  /** Sum of the kernel of each row with itself. */
  readonly diagonal: number;
}

function subset(
  { rows, dimensions }: Rows,
  count: number,
  size: number,
  seed: number,
  step: number,
  which: number,
): Subset {
  const chosen = permutation({ seed, stream: `kernel subsets ${which}`, step }, count).subarray(0, size);
  const values = new Float32Array(size * dimensions);
  let diagonal = 0;
  chosen.forEach((item, row) => {
    values.set(rows.subarray(item * dimensions, (item + 1) * dimensions), row * dimensions);
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += values[row * dimensions + d]! ** 2;
    diagonal += (square / dimensions + 1) ** 3;
  });
  return { rows: tensor(values, [size, dimensions]), diagonal };
}
