/**
 * The Fréchet distance between two Gaussians (Dowson & Landau, The Fréchet distance between multivariate normal distributions,
 * 1982): `|m - n|² + tr A + tr B - 2 tr (A½ B A½)½` for means m, n and covariances A, B.
 *
 * @module
 */
import type { MeanAndCovariance } from "./covariance.ts";
import { symmetricEigenvalues } from "./symmetric_eigenvalues.ts";

/** Pivots below this fraction of the trace are rounding errors of zero. */
const RANK_TOLERANCE = 1e-14;

/**
 * Computes the squared Fréchet distance between two Gaussians. With `A = L Lᵀ`, the eigenvalues of `Lᵀ B L` are those of
 * `A½ B A½`; singular covariances, those of fewer samples than dimensions, need no regularisation.
 *
 * @param a Mean and covariance of one.
 * @param b Mean and covariance of the other.
 * @returns The squared distance, in squared units of the samples.
 * @throws {RangeError} If the dimensions differ.
 *
 * @example Equal covariances: the squared distance of the means
 * ```ts
 * import { frechetDistance } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const covariance = Float64Array.of(2, 1, 1, 3);
 * const a = { mean: Float64Array.of(0, 0), covariance }, b = { mean: Float64Array.of(3, 4), covariance };
 * assertAlmostEquals(frechetDistance(a, b), 25, 1e-12);
 * ```
 *
 * @category Metrics
 */
export function frechetDistance(a: MeanAndCovariance, b: MeanAndCovariance): number {
  const size = a.mean.length;
  if (b.mean.length !== size) {
    throw new RangeError(`the Gaussians must have one dimension, got ${size} and ${b.mean.length}`);
  }
  const { factor, rank } = choleskyColumns(a.covariance, size);
  const product = congruence(b.covariance, factor, size, rank);
  const overlap = symmetricEigenvalues(product, rank)
    .reduce((sum, eigenvalue) => sum + Math.sqrt(Math.max(0, eigenvalue)), 0);
  let distance = -2 * overlap;
  for (let i = 0; i < size; i++) {
    distance += (a.mean[i]! - b.mean[i]!) ** 2 + a.covariance[i * size + i]! + b.covariance[i * size + i]!;
  }
  return distance;
}

/** Cholesky factorisation with diagonal pivoting: A = Lᵀ L with the rows of L `[rank, size]`, which is returned. */
function choleskyColumns(
  matrix: Float64Array,
  size: number,
): { readonly factor: Float64Array; readonly rank: number } {
  const rest = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i]!);
  const threshold = RANK_TOLERANCE * rest.reduce((sum, value) => sum + value, 0);
  const factor = new Float64Array(size * size);
  let rank = 0;
  for (; rank < size; rank++) {
    const pivot = rest.reduce((best, value, i) => value > rest[best]! ? i : best, 0);
    if (!(rest[pivot]! > threshold)) break;
    const row = factor.subarray(rank * size, (rank + 1) * size);
    row.set(matrix.subarray(pivot * size, (pivot + 1) * size));
    for (let before = 0; before < rank; before++) subtract(row, factor, before * size, pivot);
    const root = Math.sqrt(rest[pivot]!);
    for (let i = 0; i < size; i++) {
      row[i]! /= root;
      rest[i]! -= row[i]! ** 2;
    }
    rest[pivot] = 0;
  }
  return { factor: factor.subarray(0, rank * size), rank };
}

/** Subtracts from a row the multiple of an earlier one that belongs to the pivot. */
function subtract(row: Float64Array, factor: Float64Array, earlier: number, pivot: number): void {
  const weight = factor[earlier + pivot]!;
  for (let i = 0; i < row.length; i++) row[i]! -= weight * factor[earlier + i]!;
}

/** Rows of L in one pass over B and L, which are larger than the processor's caches. */
const BLOCK = 4;

/** Computes the lower triangle of L B Lᵀ for the rows of L, `[rank, rank]`. */
function congruence(matrix: Float64Array, factor: Float64Array, size: number, rank: number): Float64Array {
  const result = new Float64Array(rank * rank);
  const [a, b, c, d] = Array.from({ length: BLOCK }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  // Past the last row the weight is 0
  const weight = (row: number, k: number) => row < rank ? factor[row * size + k]! : 0;
  for (let first = 0; first < rank; first += BLOCK) {
    for (const image of [a, b, c, d]) image.fill(0);
    for (let k = 0; k < size; k++) {
      const [wa, wb, wc, wd] = [
        weight(first, k),
        weight(first + 1, k),
        weight(first + 2, k),
        weight(first + 3, k),
      ] as const;
      const row = k * size;
      for (let j = 0; j < size; j++) {
        const element = matrix[row + j]!;
        a[j]! += wa * element;
        b[j]! += wb * element;
        c[j]! += wc * element;
        d[j]! += wd * element;
      }
    }
    for (let j = 0; j < Math.min(rank, first + BLOCK); j++) {
      const row = j * size;
      let sa = 0, sb = 0, sc = 0, sd = 0;
      for (let k = 0; k < size; k++) {
        const element = factor[row + k]!;
        sa += a[k]! * element;
        sb += b[k]! * element;
        sc += c[k]! * element;
        sd += d[k]! * element;
      }
      [sa, sb, sc, sd].forEach((sum, i) => {
        if (first + i < rank) result[(first + i) * rank + j] = sum;
      });
    }
  }
  return result;
}
