/**
 * Farthest-point sampling: each next point is the one farthest from all points taken so far.
 * @module
 */
import { evaluate, farthestPointSample } from "@gasp/tensor";
import { asPoints, clouds, type SearchOptions } from "./knn.ts";

/** What to take, and how. */
export interface FarthestOptions extends Omit<SearchOptions, "queryStarts" | "method"> {
  /** Points to take of each cloud. */
  readonly count: number;
  /** Number, within its cloud, of the first point taken. Default: 0. */
  readonly start?: number;
}

/**
 * Takes `count` points of each cloud. Distances are computed in float32 at every step and the first of several equally far
 * points wins, so that on `wasm` the picks are those of the reference on grids, where rounding decides.
 *
 * @param points `[points, dimension]`.
 * @param options How many, which norm, where to start, on which device.
 * @returns `[clouds, count]`: numbers of points in the order taken, counted through all clouds.
 * @throws {RangeError} If more points are asked for than there are, or a coordinate is not finite.
 *
 * @example The ends of a line, then its middle
 * ```ts
 * import { farthestPoints } from "@gasp/pointconv";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const device = await openDevice("wasm", { threads: 1 });
 * const points = new Float32Array([0, 1, 2, 3, 4]);
 * assertEquals([...await farthestPoints(points, { dimension: 1, count: 3, device })], [0, 4, 2]);
 * await device.close();
 * ```
 */
export async function farthestPoints(points: Float32Array, options: FarthestOptions): Promise<Int32Array> {
  const { dimension, count, norm = 2, start = 0, device } = options;
  const { offsets } = clouds(options);
  const taken = farthestPointSample(asPoints(points, dimension), {
    count,
    norm,
    start,
    ...(offsets && { offsets }),
  });
  const result = await evaluate(taken, device);
  const picks = Int32Array.from(await result.data());
  result.dispose();
  return picks;
}
