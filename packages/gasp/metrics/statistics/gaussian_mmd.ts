/**
 * MMD: the maximum mean discrepancy with a Gaussian kernel (Gretton et al., A Kernel Two-Sample Test, 2012): the distance of
 * two distributions in the kernel's Hilbert space, which is 0 only for equal distributions.
 *
 * @module
 */
import { type Rows, visitDistances } from "@gasp/pointconv";
import type { Device } from "@gasp/tensor";
import { errorOfInfluences, type Estimate, withError } from "../core/estimate.ts";
import { randomIntegers } from "@gasp/tensor";

/** A Gaussian kernel `exp(-|x - y|² / 2σ²)` and its sums over a reference. */
export interface KernelReference {
  /** The reference. */
  readonly rows: Rows;
  /** Bandwidth σ: the median distance of pairs of the reference. */
  readonly bandwidth: number;
  /** Mean of the kernel over distinct pairs of the reference. */
  readonly mean: number;
}

/** Number of pairs of which the median distance is computed. */
const PAIRS = 10_000;

/**
 * Chooses the bandwidth and computes the mean of the kernel over a reference.
 *
 * @param rows Reference, at least two rows.
 * @param device Device that computes the distances.
 * @throws {RangeError} If all rows are equal.
 */
export async function kernelReference(rows: Rows, device: Device): Promise<KernelReference> {
  const count = rows.rows.length / rows.dimensions;
  const picks = randomIntegers({ seed: 0, stream: "median distance", step: 0 }, 2 * PAIRS, count);
  const distances: number[] = [];
  for (let i = 0; i < picks.length; i += 2) {
    const [a, b] = [picks[i]! * rows.dimensions, picks[i + 1]! * rows.dimensions];
    if (a === b) continue;
    let sum = 0;
    for (let d = 0; d < rows.dimensions; d++) sum += (rows.rows[a + d]! - rows.rows[b + d]!) ** 2;
    distances.push(Math.sqrt(sum));
  }
  const bandwidth = distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
  if (!(bandwidth > 0)) throw new RangeError("most items of the reference are equal, so they have no scale");
  const sums = await kernelSums(rows, rows, bandwidth, device, true);
  return { rows, bandwidth, mean: sums.reduce((total, sum) => total + sum, 0) / (count * (count - 1)) };
}

/**
 * Estimates the squared MMD without bias: the mean of the kernel over pairs of the reference and over pairs of the samples,
 * minus twice that over mixed pairs. It may be slightly negative for equal distributions. The standard error follows from
 * the influence of each sample.
 *
 * @param reference Reference, prepared.
 * @param samples Samples, at least two rows.
 * @param device Device that computes the distances.
 */
export async function gaussianMmd(
  reference: KernelReference,
  samples: Rows,
  device: Device,
): Promise<Estimate> {
  const { rows, bandwidth, mean } = reference;
  const count = samples.rows.length / samples.dimensions, realCount = rows.rows.length / rows.dimensions;
  const among = await kernelSums(samples, samples, bandwidth, device, true);
  const across = await kernelSums(rows, samples, bandwidth, device, false);
  const terms = among.map((sum, i) => sum / (count - 1) - 2 * across[i]! / realCount);
  const influences = among.map((sum, i) => 2 * sum / (count - 1) - 2 * across[i]! / realCount);
  const value = mean + terms.reduce((total, term) => total + term, 0) / count;
  return withError(value, errorOfInfluences(influences));
}

/** Sums of the kernel of each query over all points, or over all others if queries are the points. */
async function kernelSums(
  points: Rows,
  queries: Rows,
  bandwidth: number,
  device: Device,
  excludeSelf: boolean,
): Promise<Float64Array> {
  const sums = new Float64Array(queries.rows.length / queries.dimensions);
  const scale = -1 / (2 * bandwidth ** 2);
  await visitDistances(points, queries, device, ({ query, point, squares, stride }) => {
    for (let row = 0; row < query.count; row++) {
      const i = query.first + row;
      for (let column = 0; column < point.count; column++) {
        if (excludeSelf && i === point.first + column) continue;
        sums[i]! += Math.exp(scale * Math.max(0, squares[row * stride + column]!));
      }
    }
  });
  return sums;
}
