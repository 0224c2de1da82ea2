/**
 * Searches of points: nearest neighbours, points within a radius, farthest-point sampling, and the inverse of what they
 * find. Results are numbers of points, i32, and pass no gradient.
 *
 * Clouds of any sizes lie behind each other; cloud c is rows `starts[c] .. starts[c + 1]`, and a query sees its own cloud
 * only. Points are numbered through all clouds.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import { tensor } from "../../graph/from_host.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import type { SearchMethod } from "../../ir/kernel.ts";
import type { IndexTable } from "./indexing.ts";
import { slice } from "../shape/movement.ts";

/** How the points of several clouds are told apart. */
export interface CloudOptions {
  /** i32, `[clouds + 1]`: where each cloud of points begins. Default: one cloud. */
  readonly offsets?: Tensor;
  /** i32, `[clouds + 1]`: where the queries of each cloud begin. Default: one cloud. */
  readonly queryOffsets?: Tensor;
}

/** Options of {@link countWithinRadius}. */
export interface CountWithinRadiusOptions extends CloudOptions {
  /** Largest distance, at least 0; a point at just this distance is within. */
  readonly radius: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** How to search; results are the same. Default: `auto`. */
  readonly method?: SearchMethod;
}

/** Options of {@link knn}. */
export interface KnnOptions extends Omit<CountWithinRadiusOptions, "radius"> {
  /** Neighbours of each query, at least 1. */
  readonly k: number;
  /** Points farther away are left out; they leave -1 at the end of a row. Default: `Infinity`. */
  readonly radius?: number;
  /** Adds the distances behind the numbers of each query, as the bits of f32. Default: false. */
  readonly distances?: boolean;
}

/** Options of {@link farthestPointSample}. */
export interface FarthestPointSampleOptions extends Pick<CloudOptions, "offsets"> {
  /** Points to take of each cloud, at least 1. */
  readonly count: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Number, within its cloud, of the first point taken. Default: 0. */
  readonly start?: number;
}

/**
 * The k points nearest to each query, in the order of (distance, number), so that ties cannot change the result. A query
 * that is itself one of the points finds itself.
 *
 * @param points f32, `[points, dimension]`, 1 to 4 coordinates.
 * @param queries f32, `[queries, dimension]`.
 * @param options k, norm, radius, clouds.
 * @returns i32, `[queries, k]`; with distances `[queries, 2 k]`.
 * @throws {RangeError} If shapes or options do not fit, or a cloud known on the host has fewer than k points and no
 *   radius is given.
 *
 * @example
 * ```ts
 * import { evaluate, knn, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(knn(tensor([[0], [1], [5]]), tensor([[4]]), { k: 2 }));
 * assertEquals([...await y.data()], [2, 1]);
 * ```
 */
export function knn(points: Tensor, queries: Tensor, options: KnnOptions): Tensor {
  const { k, radius = Infinity } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`a search needs a whole number of neighbours from 1, got ${k}`);
  }
  const { inputs, params } = prepare("knn", points, queries, { ...options, radius });
  if (radius === Infinity) checkSizes(points, inputs[1], k, `${k} neighbours`);
  const { distances = false } = options, width = distances ? 2 * k : k;
  return makeNode("knn", { ...params, k, distances }, inputs, [queries.shape[0]!, width], "i32");
}

/**
 * How many points are within a radius of each query.
 *
 * @param points f32, `[points, dimension]`, 1 to 4 coordinates.
 * @param queries f32, `[queries, dimension]`.
 * @param options Radius, norm, clouds.
 * @returns i32, `[queries]`.
 * @throws {RangeError} If shapes or options do not fit.
 *
 * @example
 * ```ts
 * import { countWithinRadius, evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(countWithinRadius(tensor([[0], [1], [5]]), tensor([[0]]), { radius: 2 }));
 * assertEquals([...await y.data()], [2]);
 * ```
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
 * Farthest-point sampling of each cloud: each next point is the first of those farthest from all taken so far. Distances
 * are float32 at every step, so that on grids the picks are those of the reference, where rounding decides ties.
 *
 * @param points f32, `[points, dimension]`, 1 to 4 coordinates.
 * @param options How many, norm, start, clouds.
 * @returns i32, `[clouds, count]`, in the order taken.
 * @throws {RangeError} If shapes or options do not fit, or a cloud known on the host has too few points.
 *
 * @example
 * ```ts
 * import { evaluate, farthestPointSample, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(farthestPointSample(tensor([[0], [1], [2], [4]]), { count: 3 }));
 * assertEquals([...await y.data()], [0, 3, 2]);
 * ```
 */
export function farthestPointSample(points: Tensor, options: FarthestPointSampleOptions): Tensor {
  const { count, norm = 2, start = 0, offsets: starts } = options;
  checkPoints("farthestPointSample", points);
  checkNorm(norm);
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(start) || start < 0) {
    throw new RangeError(
      `farthest-point sampling takes a whole number of points from 1, starting at a whole number from 0; got ` +
        `${count} and ${start}`,
    );
  }
  const bounds = startsOf(starts, points);
  checkSizes(points, bounds, count, `${count} points`);
  checkSizes(points, bounds, start + 1, `point ${start}`);
  return makeNode(
    "farthestPointSample",
    { count, norm, start },
    [points, bounds],
    [bounds.size - 1, count],
    "i32",
  );
}

/**
 * An index table with its inverse, made within the program; `indexTable` does so on the host.
 *
 * @param index i32, any shape; row numbers in `0 .. rows - 1`.
 * @param rows Number of rows that may be named.
 * @throws {TypeError} If the index is not i32.
 */
export function invertIndex(index: Tensor, rows: number): IndexTable {
  if (index.dtype !== "i32") throw new TypeError(`a table of row numbers is i32, got ${index.dtype}`);
  const joined = makeNode("invertIndex", { rows }, [index], [rows + 1 + index.size], "i32");
  return {
    index,
    indptr: slice(joined, [0], [rows + 1]),
    positions: slice(joined, [rows + 1]),
  };
}

/**
 * Starts of clouds of equal sizes.
 *
 * @param clouds Number of clouds.
 * @param points Points of each.
 * @returns i32, `[clouds + 1]`.
 */
export function rowOffsets(clouds: number, points: number): Tensor {
  return tensor(Int32Array.from({ length: clouds + 1 }, (_, cloud) => cloud * points));
}

function prepare(name: string, points: Tensor, queries: Tensor, options: CountWithinRadiusOptions) {
  const { radius, norm = 2, method = "auto", offsets: starts, queryOffsets: queryStarts } = options;
  checkPoints(name, points);
  checkPoints(name, queries);
  checkNorm(norm);
  if (!(radius >= 0)) throw new RangeError(`a radius is at least 0, got ${radius}`);
  if (points.shape[1] !== queries.shape[1]) {
    throw new RangeError(
      `${name} needs points and queries of one dimension, got ${showShape(points.shape)} and ` +
        showShape(queries.shape),
    );
  }
  const bounds = startsOf(starts, points), queryBounds = startsOf(queryStarts, queries);
  if (bounds.size !== queryBounds.size) {
    throw new RangeError(
      `${name} got ${bounds.size - 1} clouds of points and ${
        queryBounds.size - 1
      } of queries; give both starts`,
    );
  }
  return { inputs: [points, bounds, queries, queryBounds] as const, params: { norm, radius, method } };
}

function checkPoints(name: string, points: Tensor): void {
  const dimension = points.shape[1];
  if (points.rank !== 2 || points.dtype !== "f32" || !dimension || dimension > 4) {
    throw new RangeError(
      `${name} takes f32 of shape [points, dimension] with 1 to 4 coordinates, got ${points.dtype} of ` +
        showShape(points.shape),
    );
  }
}

function checkNorm(norm: number): void {
  if (!(norm >= 1)) {
    throw new RangeError(`the order of a norm must be at least 1 (1, 2, Infinity, ...), got ${norm}`);
  }
}

function startsOf(starts: Tensor | undefined, points: Tensor): Tensor {
  const bounds = starts ?? rowOffsets(1, points.shape[0]!);
  if (bounds.rank !== 1 || bounds.dtype !== "i32" || bounds.size < 2) {
    throw new RangeError(
      `starts of clouds are i32 of shape [clouds + 1], got ${bounds.dtype} of ${showShape(bounds.shape)}`,
    );
  }
  return bounds;
}

/** Checks the clouds whose sizes are known on the host. */
function checkSizes(points: Tensor, starts: Tensor, least: number, what: string): void {
  const values = starts.isConcrete && starts.storage.kind === "host" ? starts.storage.data : undefined;
  if (!values) return;
  const last = values.at(-1);
  if (values[0] !== 0 || last !== points.shape[0]) {
    throw new RangeError(
      `starts of ${points.shape[0]} points go from 0 to ${points.shape[0]}, got ${values[0]} to ${last}`,
    );
  }
  for (let cloud = 0; cloud + 1 < values.length; cloud++) {
    const size = values[cloud + 1]! - values[cloud]!;
    if (size < least) {
      const where = values.length === 2 ? "there are" : `cloud ${cloud} has`;
      throw new RangeError(`${what} asked, but ${where} ${size} points: ask for fewer, or give more points`);
    }
  }
}
