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
import { errorOfInfluences, type Estimate, withError } from "../core/estimate.ts";

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

/** Default size of a subset at most. */
export const KID_SUBSET = 1000;

/**
 * Computes the kernel distance, the mean over subsets. Its interval follows from the influence of each sample within a subset,
 * scaled to the number of samples: the spread of the subsets would be too narrow, since they overlap.
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
  { subsets = 100, subsetSize = KID_SUBSET, seed = 0, device }: KernelDistanceOptions,
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
    const rows = Float64Array.from(await result.data());
    result.dispose();
    return rows;
  };
  /** Sums of the kernel of each row with all others. */
  const sumsAmong = async ({ rows, diagonal }: Subset) =>
    (await sums(rows, rows)).map((total, i) => total - diagonal[i]!);
  try {
    let value = 0, variance = 0;
    for (let step = 0; step < subsets; step++) {
      const [x, y] = [real, generated].map((set, i) => subset(set, counts[i]!, size, seed, step, i)) as [
        Subset,
        Subset,
      ];
      const ofReal = await sumsAmong(x), among = await sumsAmong(y), across = await sums(y.rows, x.rows);
      const total = (rows: Float64Array) => rows.reduce((a, b) => a + b);
      value += (total(ofReal) + total(among)) / (size * (size - 1)) - 2 * total(across) / size ** 2;
      variance += errorOfInfluences(among.map((sum, i) => 2 * sum / (size - 1) - 2 * across[i]! / size)) ** 2;
    }
    return withError(value / subsets, Math.sqrt(variance / subsets * size / counts[1]));
  } finally {
    program.release();
  }
}

interface Subset {
  readonly rows: Tensor;
  /** Kernel of each row with itself. */
  readonly diagonal: Float64Array;
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
  const values = new Float32Array(size * dimensions), diagonal = new Float64Array(size);
  chosen.forEach((item, row) => {
    values.set(rows.subarray(item * dimensions, (item + 1) * dimensions), row * dimensions);
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += values[row * dimensions + d]! ** 2;
    diagonal[row] = (square / dimensions + 1) ** 3;
  });
  return { rows: tensor(values, [size, dimensions]), diagonal };
}
