/**
 * Kernels over points: sums over neighbours, sums of segments, searches and inverse tables.
 * @module
 */
import type { KernelBase } from "./scalar.ts";

/**
 * The trilinear form `T = Σ F[table[m,k], b, c] · W[m, k, j] · H[m, b, c, j]` and its three partial derivatives, on
 * contiguous arrays: features F `[points, batch, channels]`, weights W `[outputs, neighbours, mid]`, sums
 * H `[outputs, batch, channels, mid]`, table `[outputs, neighbours]` of i32 in `0 .. points-1`.
 *
 * - `neighbourSum`: buffers F, W, table, out H.
 * - `neighbourWeights`: buffers F, H, table, out W.
 * - `neighbourFeatures`: buffers W, H, starts `[points + 1]`, entries `[outputs · neighbours]`, out F. This is the
 *   table inverted: `entries[starts[p] .. starts[p+1]]` are, ascending, the flat positions in the table of point p.
 *
 * @category Compiler
 */
export interface NeighbourKernel extends KernelBase {
  /** Which of the three derivatives. */
  readonly kind: "neighbourSum" | "neighbourWeights" | "neighbourFeatures";
  /** Number of input points, which the table indexes. */
  readonly points: number;
  /** Number of output points. */
  readonly outputs: number;
  /** Neighbours per output point. */
  readonly neighbours: number;
  /** Batch size; all examples share the points. */
  readonly batch: number;
  /** Channels of the features. */
  readonly channels: number;
  /** Weights per neighbour (C_mid of PointConv). */
  readonly mid: number;
}

/**
 * Segment sums: `out[s, :] = Σ_{e = starts[s]}^{starts[s+1]-1} source[⌊entries[e] / repeat⌋, :]`, rows of `width`
 * contiguous f32. Each row of the source stands for `repeat` equal rows. Buffers: source `[rows, width]`, starts
 * `[segments + 1]`, entries, out `[segments, width]`.
 *
 * @category Compiler
 */
export interface SegmentSumKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "segmentSum";
  /** Number of segments. */
  readonly segments: number;
  /** Length of a row. */
  readonly width: number;
  /** Repetitions of each source row, at least 1. */
  readonly repeat: number;
}

/**
 * Search algorithm: a grid hash, brute force, or whichever is faster.
 *
 * @category Compiler
 */
export type SearchMethod = "auto" | "grid" | "brute";

/**
 * Fields common to point searches. Points and queries are f32 `[count, dimension]`. Clouds are concatenated: cloud c is
 * the rows `starts[c] .. starts[c+1]` (i32, `[clouds + 1]`), and a query is matched against its own cloud only. Point
 * indices count through all clouds. Out-of-range starts are an error of the program under test.
 *
 * @category Compiler
 */
export interface SearchKernel extends KernelBase {
  /** Total number of points. */
  readonly points: number;
  /** Coordinates per point, 1 to 4. */
  readonly dimension: number;
  /** Number of clouds. */
  readonly clouds: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
}

/**
 * The k nearest neighbours of each query, ordered by (distance, index). On `wasm` distances are exact in double
 * precision: powers `|a - b|^p` of float32 coordinates are summed along the axes in double precision. Points beyond the
 * radius are excluded; missing neighbours are -1. Buffers: points, starts, queries, query starts, out i32 `[queries,
 * k]`, or `[queries, 2 k]`: the indices of each query, followed by the bits of the distances rounded to f32.
 *
 * @category Compiler
 */
export interface KnnKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "knn";
  /** Total number of queries. */
  readonly queries: number;
  /** Neighbours per query. */
  readonly k: number;
  /** Whether to output distances as well as indices. */
  readonly distances: boolean;
  /** Maximum distance, inclusive; may be `Infinity`. */
  readonly radius: number;
  /** Search algorithm. */
  readonly method: SearchMethod;
}

/**
 * Counts the points within a radius of each query. Buffers as for `knn`, out i32 `[queries]`.
 *
 * @category Compiler
 */
export interface CountWithinRadiusKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "countWithinRadius";
  /** Total number of queries. */
  readonly queries: number;
  /** Maximum distance, inclusive. */
  readonly radius: number;
  /** Search algorithm. */
  readonly method: SearchMethod;
}

/**
 * Farthest-point sampling of each cloud: starts at point `start`, then repeatedly selects the point farthest from those
 * selected; ties go to the lowest index. Every distance is rounded to float32: a sum of squares after each axis, as
 * with fused multiply-add, then the root. Initial distances are 1e10. Buffers: points, starts, out i32 `[clouds,
 * count]`.
 *
 * @category Compiler
 */
export interface FarthestPointSampleKernel extends SearchKernel {
  /** Discriminant. */
  readonly kind: "farthestPointSample";
  /** Points selected per cloud. */
  readonly count: number;
  /** Index within its cloud of the first point selected. */
  readonly start: number;
}

/**
 * Inverts a table of row indices: out i32 `[rows + 1 + entries]` holds `starts [rows + 1]`, then the positions in the
 * table of row 0, row 1, ..., each list ascending. Negative indices are skipped; the remainder of the output is 0.
 * Buffers: index `[entries]`, out.
 *
 * @category Compiler
 */
export interface InvertKernel extends KernelBase {
  /** Discriminant. */
  readonly kind: "invertIndex";
  /** Length of the table. */
  readonly entries: number;
  /** Number of rows it indexes. */
  readonly rows: number;
}
