/**
 * The k nearest neighbours of each query: exact search on a device.
 * @module
 */
import { type Device, evaluate, knn, type SearchMethod, tensor } from "@gasp/tensor";
import { checkCoordinates } from "./point_set.ts";

/**
 * Options common to all searches.
 *
 * @category Points
 */
export interface SearchOptions {
  /** Dimension of the points, 1 to 4. */
  readonly dimension: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /**
   * `[clouds + 1]`: offsets of concatenated clouds; cloud c is points `offsets[c] .. offsets[c + 1]`, and a query only
   * finds points of its own cloud. Default: one cloud.
   */
  readonly offsets?: Int32Array;
  /** `[clouds + 1]`: offsets of the queries of each cloud. */
  readonly queryOffsets?: Int32Array;
  /** Search algorithm; it does not change results. Default: whichever is faster. */
  readonly method?: SearchMethod;
  /** Device. On `wasm` results are exact in double precision; on `webgpu` in single precision. */
  readonly device: Device;
}

/**
 * Options of {@link nearestNeighbours}.
 *
 * @category Points
 */
export interface NearestOptions extends SearchOptions {
  /** Neighbours per query. */
  readonly k: number;
  /** Maximum distance, inclusive. Default: `Infinity`. */
  readonly radius?: number;
}

/**
 * Neighbours of each query, nearest first.
 *
 * @category Points
 */
export interface Nearest {
  /** `[queries, k]`: point indices, counted over all clouds; -1 for missing neighbours. */
  readonly index: Int32Array;
  /** `[queries, k]`: distances, rounded to float32 at the end; `Infinity` for missing neighbours. */
  readonly distances: Float32Array;
}

/**
 * Finds the k nearest points of each query, ordered by (distance, index), so that ties are deterministic. A query that
 * is itself a point finds itself. Few points are searched by brute force, many by a grid hash.
 *
 * @param points `[points, dimension]`.
 * @param queries `[queries, dimension]`.
 * @param options Dimension, k, norm and device.
 * @throws {RangeError} If a cloud has fewer than k points and no radius is given, or a coordinate is not finite.
 *
 * @example Two neighbours on a line
 * ```ts
 * import { nearestNeighbours } from "@gasp/pointconv";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const device = await openDevice("wasm", { threads: 1 });
 * const points = new Float32Array([0, 1, 5]), queries = new Float32Array([4]);
 * const { index, distances } = await nearestNeighbours(points, queries, { dimension: 1, k: 2, device });
 * assertEquals([...index], [2, 1]);
 * assertEquals([...distances], [1, 3]);
 * await device.close();
 * ```
 *
 * @category Points
 */
export async function nearestNeighbours(
  points: Float32Array,
  queries: Float32Array,
  options: NearestOptions,
): Promise<Nearest> {
  const { dimension, k, norm = 2, device } = options;
  const found = knn(asPoints(points, dimension), asPoints(queries, dimension), {
    ...clouds(options),
    norm,
    k,
    distances: true,
    ...(options.radius !== undefined && { radius: options.radius }),
  });
  const result = await evaluate(found, device);
  const rows = Int32Array.from(await result.data());
  result.dispose();
  return splitRows(rows, k);
}

/** Splits rows of indices followed by distances, as returned by the device. */
function splitRows(rows: Int32Array, k: number): Nearest {
  const values = new Float32Array(rows.buffer);
  const index = new Int32Array(rows.length / 2), distances = new Float32Array(rows.length / 2);
  for (let from = 0, to = 0; from < rows.length; from += 2 * k, to += k) {
    index.set(rows.subarray(from, from + k), to);
    distances.set(values.subarray(from + k, from + 2 * k), to);
  }
  return { index, distances };
}

/**
 * Converts coordinates to a tensor.
 *
 * @param coordinates `[points, dimension]`, row-major.
 * @param dimension Dimension of the points.
 * @throws {RangeError} If their number is not a multiple of the dimension, or one is not finite.
 */
export function asPoints(coordinates: Float32Array, dimension: number): ReturnType<typeof tensor> {
  if (!Number.isInteger(coordinates.length / dimension)) {
    throw new RangeError(`${coordinates.length} coordinates are not a multiple of dimension ${dimension}`);
  }
  checkCoordinates(coordinates, dimension);
  return tensor(coordinates, [coordinates.length / dimension, dimension]);
}

/** Converts offsets and method to options of tensor operations. */
export function clouds({ offsets, queryOffsets, method }: SearchOptions): {
  offsets?: ReturnType<typeof tensor>;
  queryOffsets?: ReturnType<typeof tensor>;
  method?: SearchMethod;
} {
  return {
    ...(offsets && { offsets: tensor(offsets) }),
    ...(queryOffsets && { queryOffsets: tensor(queryOffsets) }),
    ...(method && { method }),
  };
}
