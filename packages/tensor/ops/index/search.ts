/**
 * Point searches: nearest neighbours, points within a radius, and farthest-point sampling.
 * Results are point indices, i32, and have no gradient.
 *
 * Clouds of any size are concatenated: cloud c is rows `offsets[c] .. offsets[c + 1]`, and a query only finds points of
 * its own cloud. Indices count over all clouds.
 *
 * A point or a query with a NaN or infinite coordinate is infinitely far from everything, itself included, for every
 * method on every device.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import type { SearchMethod } from "../../ir/kernel.ts";
import { requireTensor } from "../shape/check.ts";
import { checkSizes, cloudsOf, safeOffsets } from "./offsets.ts";

/** Search algorithms. */
const METHODS: readonly SearchMethod[] = ["auto", "grid", "brute"];

/**
 * Offsets of concatenated clouds.
 *
 * @category Points
 */
export interface CloudOptions {
  /**
   * i32, `[clouds + 1]`: offsets of the clouds of points, ascending from 0 to the number of points. Default: one cloud.
   * Offsets that a program computes cannot be checked: if they are invalid, nothing is found.
   */
  readonly offsets?: Tensor;
  /** i32, `[clouds + 1]`: offsets of the queries of each cloud. Default: one cloud. */
  readonly queryOffsets?: Tensor;
}

/**
 * Options of {@link countWithinRadius}.
 *
 * @category Points
 */
export interface CountWithinRadiusOptions extends CloudOptions {
  /** Maximum distance, inclusive; at least 0. */
  readonly radius: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Search algorithm; it does not change results. Default: `auto`. */
  readonly method?: SearchMethod;
}

/**
 * Options of {@link knn}.
 *
 * @category Points
 */
export interface KnnOptions extends Omit<CountWithinRadiusOptions, "radius"> {
  /** Neighbours per query, at least 1. */
  readonly k: number;
  /** Maximum distance, inclusive; missing neighbours are -1, at the end of a row. Default: `Infinity`. */
  readonly radius?: number;
  /** Appends the distances of each query to its indices, as f32 bits. Default: false. */
  readonly distances?: boolean;
}

/**
 * Options of {@link farthestPointSample}.
 *
 * @category Points
 */
export interface FarthestPointSampleOptions extends Pick<CloudOptions, "offsets"> {
  /** Points sampled per cloud, at least 1. */
  readonly count: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Index, within each cloud, of the first sample. Default: 0. */
  readonly start?: number;
}

/**
 * Returns the k nearest points of each query, ordered by (distance, index), so that ties are deterministic. A query
 * that is itself a point finds itself. Points with a NaN or infinite coordinate come last, by index, and only without a
 * radius; so does every point for such a query.
 *
 * @param points f32, `[points, dimension]`, dimension 1 to 4.
 * @param queries f32, `[queries, dimension]`.
 * @param options k, norm, radius, clouds.
 * @returns i32, `[queries, k]`; with distances `[queries, 2 k]`.
 * @throws {RangeError} If shapes or options are invalid, or offsets on the host describe a cloud of fewer than k points
 *   and no radius is given.
 *
 * @example Of equally distant points the first comes first
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, knn, reference, tensor } from "@gasp/tensor";
 *
 * const points = tensor([[0], [2], [5]]);
 * const y = await evaluate(knn(points, tensor([[1]]), { k: 2 }), reference);
 * assertEquals([...await y.data()], [0, 1]);
 * ```
 *
 * @category Points
 */
export function knn(points: Tensor, queries: Tensor, options: KnnOptions): Tensor {
  const { k, radius = Infinity } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`k must be an integer of at least 1, got ${k}`);
  }
  const { inputs, params, clouds } = prepare("knn", points, queries, { ...options, radius });
  if (radius === Infinity) checkSizes(clouds, k, `${k} neighbours`);
  const { distances = false } = options, width = distances ? 2 * k : k;
  return makeNode("knn", { ...params, k, distances }, inputs, [queries.shape[0]!, width], "i32");
}

/**
 * Counts the points within a radius of each query. A point with a NaN or infinite coordinate is within no finite radius,
 * and neither is any point of such a query; all points are within an infinite radius.
 *
 * @param points f32, `[points, dimension]`, dimension 1 to 4.
 * @param queries f32, `[queries, dimension]`.
 * @param options Radius, norm, clouds.
 * @returns i32, `[queries]`.
 * @throws {RangeError} If shapes or options are invalid.
 *
 * @example The radius is inclusive
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { countWithinRadius, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const points = tensor([[0], [2], [5]]);
 * const y = await evaluate(countWithinRadius(points, tensor([[1], [9]]), { radius: 1 }), reference);
 * assertEquals([...await y.data()], [2, 0]);
 * ```
 *
 * @category Points
 */
export function countWithinRadius(
  points: Tensor,
  queries: Tensor,
  options: CountWithinRadiusOptions,
): Tensor {
  const { inputs, params } = prepare("countWithinRadius", points, queries, options);
  return makeNode("countWithinRadius", params, inputs, [queries.shape[0]!], "i32");
}

/**
 * Farthest-point sampling of each cloud: each sample is the point farthest from all previous samples, the lowest index
 * among ties. All distances are rounded to float32, so that samples on grids, where rounding decides ties, equal the
 * reference's. A point with a NaN or infinite coordinate is never the farthest: it is sampled only as the first, or where
 * a cloud has no other points.
 *
 * @param points f32, `[points, dimension]`, dimension 1 to 4.
 * @param options Count, norm, start, clouds.
 * @returns i32, `[clouds, count]`, in sampling order.
 * @throws {RangeError} If shapes or options are invalid, or offsets on the host describe a cloud of too few points.
 *
 * @example Each sample is the point farthest from those before it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, farthestPointSample, reference, tensor } from "@gasp/tensor";
 *
 * const points = tensor([[0], [1], [4], [9]]);
 * const y = await evaluate(farthestPointSample(points, { count: 3 }), reference);
 * assertEquals([...await y.data()], [0, 3, 2]);
 * ```
 *
 * @category Points
 */
export function farthestPointSample(points: Tensor, options: FarthestPointSampleOptions): Tensor {
  const { count, norm = 2, start = 0, offsets: starts } = options;
  checkPoints("farthestPointSample", points);
  checkNorm(norm);
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(start) || start < 0) {
    throw new RangeError(
      `farthest-point sampling needs an integer count of at least 1 and an integer start of at least 0, got ` +
        `${count} and ${start}`,
    );
  }
  const clouds = cloudsOf("farthestPointSample", starts, points.shape[0]!);
  checkSizes(clouds, count, `${count} points`);
  checkSizes(clouds, start + 1, `point ${start}`);
  const { points: bounds } = safeOffsets(clouds);
  return makeNode(
    "farthestPointSample",
    { count, norm, start },
    [points, bounds],
    [bounds.size - 1, count],
    "i32",
  );
}

function prepare(name: string, points: Tensor, queries: Tensor, options: CountWithinRadiusOptions) {
  const { radius, norm = 2, method = "auto", offsets: starts, queryOffsets: queryStarts } = options;
  checkPoints(name, points);
  checkPoints(name, queries);
  checkNorm(norm);
  if (!METHODS.includes(method)) {
    throw new RangeError(`${name}: the method must be ${METHODS.join(", ")}, got ${method}`);
  }
  if (!(radius >= 0)) throw new RangeError(`a radius must be at least 0, got ${radius}`);
  if (points.shape[1] !== queries.shape[1]) {
    throw new RangeError(
      `${name} needs points and queries of one dimension, got ${showShape(points.shape)} and ` +
        showShape(queries.shape),
    );
  }
  const clouds = cloudsOf(name, starts, points.shape[0]!);
  const asking = cloudsOf(`${name} of queries`, queryStarts, queries.shape[0]!);
  if (clouds.offsets.size !== asking.offsets.size) {
    throw new RangeError(
      `${name} got ${clouds.offsets.size - 1} clouds of points and ${
        asking.offsets.size - 1
      } of queries; pass both offsets`,
    );
  }
  const bounds = safeOffsets(clouds, asking);
  return {
    inputs: [points, bounds.points, queries, bounds.queries!],
    clouds,
    params: { norm, radius, method },
  };
}

function checkPoints(name: string, points: Tensor): void {
  requireTensor(name, points);
  const dimension = points.shape[1];
  if (points.rank !== 2 || points.dtype !== "f32" || !dimension || dimension > 4) {
    throw new RangeError(
      `${name} needs f32 of shape [points, dimension] with a dimension of 1 to 4, got ${points.dtype} of ` +
        showShape(points.shape),
    );
  }
}

function checkNorm(norm: number): void {
  if (!(norm >= 1)) {
    throw new RangeError(`the order of a norm must be at least 1 (1, 2, Infinity, ...), got ${norm}`);
  }
}
