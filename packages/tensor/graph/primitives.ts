/**
 * The primitives of the graph and their parameters.
 * @module
 */
import type { SearchMethod } from "../ir/kernel.ts";
import type { ElementwiseName } from "./elementwise.ts";

/**
 * Parameters of a count of the points within a radius.
 *
 * @category Compiler
 */
export interface CountParams {
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
  /** Maximum distance, inclusive. */
  readonly radius: number;
  /** Search algorithm. */
  readonly method: SearchMethod;
}

/**
 * Parameters of a k-nearest-neighbour search.
 *
 * @category Compiler
 */
export interface KnnParams extends CountParams {
  /** Neighbours per query. */
  readonly k: number;
  /** Whether to output distances as well as indices. */
  readonly distances: boolean;
}

/**
 * Parameters of farthest-point sampling.
 *
 * @category Compiler
 */
export interface FarthestParams {
  /** Points selected per cloud. */
  readonly count: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
  /** Index within its cloud of the first point selected. */
  readonly start: number;
}

/**
 * Geometry of a general convolution, one number for each axis of space.
 *
 * @category Tensors
 */
export interface ConvGeometry {
  /** Elements between neighbouring results; not 0. */
  readonly strides: readonly number[];
  /** Elements between neighbouring taps of the kernel; not 0, negative for a kernel that is mirrored. */
  readonly dilations: readonly number[];
  /** Elements between neighbours of the input after zeros were put between them, at least 1. */
  readonly spacings: readonly number[];
  /** Where tap 0 of result 0 lies; negative within the padding. */
  readonly offsets: readonly number[];
}

/**
 * Parameters of windows along an axis.
 *
 * @category Compiler
 */
export interface WindowParams {
  /** The axis. */
  readonly axis: number;
  /** First element of window 0. */
  readonly start: number;
  /** Elements from one window to the next; not 0. */
  readonly step: number;
  /** Elements between neighbours in a window; not 0. */
  readonly dilation: number;
}

/**
 * Parameters of random numbers.
 *
 * @category Compiler
 */
export interface RandomParams {
  /** Words of bits, u32; or numbers, f32: from 0 to 1, or standard normal. */
  readonly distribution: "bits" | "uniform" | "normal";
  /** Number of the first block of the sequence that is taken. */
  readonly first: number;
}

/**
 * No parameters.
 *
 * @category Compiler
 */
export type NoParams = Readonly<Record<never, never>>;

/**
 * Parameters of each primitive that is not element-wise.
 *
 * @category Compiler
 */
export interface StructuralParams {
  /** Existing elements, on the host or on a device. */
  data: NoParams;
  /** An argument of a traced function. */
  input: NoParams;
  /** A scalar, shape `[]`. */
  constant: { readonly value: number };
  /** `out[i0, i1, ...] = i_axis`. */
  iota: { readonly axis: number };
  /** The same value as a separate node: the target of a gradient; a detached one stops gradients. */
  identity: { readonly detached: boolean };
  /** The same elements in another shape. */
  reshape: NoParams;
  /** Reorders axes. */
  permute: { readonly axes: readonly number[] };
  /** Repeats axes of size 1; the rank is unchanged. */
  broadcast: NoParams;
  /** Elements `starts[i] + j · steps[i]`. */
  slice: { readonly starts: readonly number[]; readonly steps: readonly number[] };
  /** Windows along an axis become the last axis: `out[…, i, …, j] = x[…, start + i · step + j · dilation, …]`. */
  window: WindowParams;
  /** Zero-pads each axis at both ends. */
  pad: { readonly low: readonly number[] };
  /** Reverses the order of elements along axes. */
  flip: { readonly axes: readonly number[] };
  /** Tensors concatenated along an axis; their other axes are equal. */
  concatenate: { readonly axis: number };
  /** Sum over axes; reduced axes are retained with size 1. */
  sum: { readonly axes: readonly number[] };
  /** Maximum over axes. */
  max: { readonly axes: readonly number[] };
  /** Product over axes. */
  prod: { readonly axes: readonly number[] };
  /** Inclusive cumulative sum along an axis, from the start or, if reversed, from the end. */
  cumsum: { readonly axis: number; readonly reverse: boolean };
  /** `i32 keys [..., n] → i32 [..., count]`: indices of the first keys in ascending order, equal ones by index. */
  argsort: { readonly count: number };
  /** `[batch..., m, k] · [batch..., k, n]`, equal batch axes. */
  matmul: NoParams;
  /**
   * `(x [groups, batch, channels, ...space], w [groups, outputs, channels, ...kernel]) → [groups, batch, outputs,
   * ...space]`: `out[g, n, o, p] = Σ_{c, k} X[g, n, c, strides · p + dilations · k + offsets] · w[g, o, c, k]`, where
   * `X[spacings · u] = x[u]` and X is 0 elsewhere.
   */
  conv: ConvGeometry;
  /** `u32 [keys, 5] → [keys, blocks, 4]`: numbers of the sequences that the keys name, by blocks of four. */
  random: RandomParams;
  /** `(source [rows, ...], index, starts, entries) → [...index, ...]`. */
  gather: NoParams;
  /** `(source [...index, ...], index, starts, entries) → [segments, ...]`, the adjoint of gather. */
  segmentSum: NoParams;
  /**
   * `(F [points, batch, channels], W [outputs, k, mid], index, starts, entries) → H [outputs, batch, channels, mid]`.
   */
  neighbourSum: NoParams;
  /** `(F, H, index, starts, entries) → W`. */
  neighbourWeights: NoParams;
  /** `(W, H, index, starts, entries) → F`. */
  neighbourFeatures: NoParams;
  /**
   * `(points, starts, queries, query starts) → i32 [queries, k]`; a missing neighbour is -1. With distances `[queries,
   * 2 k]`: the indices of a query are followed by the f32 bits of its distances, infinite for a missing neighbour.
   */
  knn: KnnParams;
  /** `(points, starts, queries, query starts) → i32 [queries]`: the number of points within the radius. */
  countWithinRadius: CountParams;
  /** `(points, starts) → i32 [clouds, count]`. */
  farthestPointSample: FarthestParams;
  /** `index → i32 [rows + 1 + index.size]`: starts and entries of the inverted table; negative indices are skipped. */
  invertIndex: { readonly rows: number };
  /** Sum over the ranks that compute a program together. */
  allReduce: { readonly ranks: number };
  /** `[rows, ...] → [ranks · rows, ...]`: the tensors of all ranks in their order; `rank` is this one. */
  allGather: { readonly rank: number; readonly ranks: number };
}

/**
 * Name of a primitive that is not element-wise.
 *
 * @category Compiler
 */
export type StructuralName = keyof StructuralParams;

/** Primitives that exchange values with other ranks. */
export type ExchangeName = "allReduce" | "allGather";

/**
 * Name of any primitive.
 *
 * @category Compiler
 */
export type PrimitiveName = StructuralName | ElementwiseName;

/**
 * Parameters of any primitive.
 *
 * @category Compiler
 */
export type ParamsOf<P extends PrimitiveName> = P extends StructuralName ? StructuralParams[P] : NoParams;
