/**
 * Farthest-point sampling: each sample is the point farthest from all previous samples.
 * @module
 */
import { evaluate, farthestPointSample } from "@gasp/tensor";
import { asPoints, clouds, type SearchOptions } from "./knn.ts";

/**
 * Options of {@link farthestPoints}.
 *
 * @category Points
 */
export interface FarthestOptions extends Omit<SearchOptions, "queryStarts" | "method"> {
  /** Points sampled per cloud. */
  readonly count: number;
  /** Index, within each cloud, of the first sample. Default: 0. */
  readonly start?: number;
}

/**
 * Samples `count` points of each cloud. All distances are rounded to float32 and ties go to the lowest index, so that
 * on `wasm` the samples equal the reference's on grids, where rounding decides.
 *
 * @param points `[points, dimension]`.
 * @param options Count, norm, start, device.
 * @returns `[clouds, count]`: point indices in sampling order, counted over all clouds.
 * @throws {RangeError} If more points are requested than there are, or a coordinate is not finite.
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
 *
 * @category Points
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
