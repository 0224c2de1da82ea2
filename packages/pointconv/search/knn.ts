/**
 * The k nearest neighbours of each query: exact search on a device.
 * @module
 */
import { type Device, evaluate, knn, type SearchMethod, tensor } from "@gasp/tensor";
import { checkCoordinates } from "./point_set.ts";

/** What every search takes. */
export interface SearchOptions {
  /** Coordinates of a point, 1 to 4. */
  readonly dimension: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /**
   * `[clouds + 1]`: several clouds lie behind each other, cloud c at points `starts[c] .. starts[c + 1]`, and a query sees
   * those of its own cloud only. Default: one cloud.
   */
  readonly offsets?: Int32Array;
  /** `[clouds + 1]`: where the queries of each cloud begin. */
  readonly queryOffsets?: Int32Array;
  /** How to search; the results are the same. Default: whichever is faster. */
  readonly method?: SearchMethod;
  /** Where to search. On `wasm` results are exact in double precision; on `webgpu` in single precision. */
  readonly device: Device;
}

/** What to search, and how. */
export interface NearestOptions extends SearchOptions {
  /** Neighbours of each query. */
  readonly k: number;
  /** Points farther away are left out. Default: `Infinity`. */
  readonly radius?: number;
}

/** Neighbours of every query, nearest first. */
export interface Nearest {
  /** `[queries, k]`: numbers of points, counted through all clouds; -1 where no more are within the radius. */
  readonly index: Int32Array;
  /** `[queries, k]`: their distances, rounded to float32 at the end, `Infinity` for none. */
  readonly distances: Float32Array;
}

/**
 * The k points nearest to each query, ordered by (distance, number), so that ties cannot change the result. A query that
 * is itself one of the points finds itself. Few points are looked through; many are searched by a grid hash.
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

/** Numbers and distances, which the device gives row by row behind each other. */
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
 * Coordinates as a tensor.
 *
 * @param coordinates `[points, dimension]`, row-major.
 * @param dimension Coordinates of each point.
 * @throws {RangeError} If they are no whole points or not finite.
 */
export function asPoints(coordinates: Float32Array, dimension: number): ReturnType<typeof tensor> {
  if (!Number.isInteger(coordinates.length / dimension)) {
    throw new RangeError(`${coordinates.length} numbers are no whole points of dimension ${dimension}`);
  }
  checkCoordinates(coordinates, dimension);
  return tensor(coordinates, [coordinates.length / dimension, dimension]);
}

/** The options that tell clouds apart, and the method, for the operations of tensors. */
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
