/**
 * Subsampling of points (section 3.1 of the paper): which K points a step trains on. The choice is a pure function of
 * (seed, step) and, if it is balanced, of the step's batch; all examples of a step share it.
 * @module
 */
import { cloudOf, curveOrder, farthestPoints, type PointSet, takeRows } from "@gasp/pointconv";
import type { DataSizes } from "../../config/run_settings.ts";
import { ConfigError } from "../../config/user_error.ts";
import { type Device, permutation, type RandomKey } from "@gasp/tensor";
import { fields, oneOf, type Schema, wholeNumber } from "../../config/validate.ts";

/**
 * Subsampling of points (section 3.1): every step draws a new subset.
 *
 * @category Training methods
 */
export interface SubsetConfig {
  /** Number of points K. */
  readonly count: number;
  /** `uniform`: as in the paper; `blue-noise`: evenly spaced; `balanced`: half of them where some example is occupied. */
  readonly choose: "uniform" | "blue-noise" | "balanced";
}

/** Schema of {@link SubsetConfig}. */
export const subsetSchema: Schema<SubsetConfig> = fields<SubsetConfig>({
  count: wholeNumber(1),
  choose: oneOf(["uniform", "blue-noise", "balanced"]),
});

/**
 * Checks that there are enough points for a subset.
 *
 * @param subset Configuration, if there is a subset.
 * @param data Sizes of the data.
 * @throws {UserError} If there are too few.
 */
export function checkSubset(subset: SubsetConfig | undefined, { name, pointCount }: DataSizes): void {
  if (!subset || subset.count <= pointCount) return;
  throw new ConfigError(
    `"training.subset.count" is ${subset.count}, but must be at most ${pointCount}: the data "${name}" at this ` +
      `resolution have ${pointCount} points`,
    "training.subset.count",
    pointCount,
  );
}

/** Blue noise: number of uniform candidates per point, from which farthest-point sampling selects. */
const BLUE_NOISE_CANDIDATES = 2;

/**
 * Arguments of {@link chooseSubset}.
 *
 * @category Training methods
 */
export interface SubsetRequest {
  /** Number of points and sampling scheme. */
  readonly subset: SubsetConfig;
  /** Seed and step. */
  readonly key: Omit<RandomKey, "stream">;
  /** All points; if examples have separate coordinates, distances are measured in the first cloud. */
  readonly points: PointSet;
  /** Features of the batch, `[batch, points, featureDim]`. */
  readonly features: Float32Array;
  /** Feature dimension. */
  readonly featureDim: number;
  /** Device for farthest-point sampling. */
  readonly device: Device;
}

/**
 * Chooses the points of a step.
 *
 * - `uniform`: all subsets are equally likely, as in the paper (section 3.1).
 * - `blue-noise`: evenly spaced, by farthest-point sampling from twice as many uniform points, so that neighbours are near.
 * - `balanced`: half of the points from those where some example of the batch is occupied (a feature above 0), half from
 *   the others, as far as available.
 *
 * @param request Points, scheme and key.
 * @returns Point indices, `[count]`: a random point first, the others along a space-filling curve.
 * @throws {RangeError} If more points are requested than there are.
 * @category Training methods
 */
export async function chooseSubset(request: SubsetRequest): Promise<Int32Array> {
  const { subset: { count }, key, points } = request;
  if (count > points.points) {
    throw new RangeError(`a subset of ${count} points needs at least as many points, got ${points.points}`);
  }
  const order = Int32Array.from(permutation({ ...key, stream: "points of the step" }, points.points));
  return alongCurve(await choosePoints(order, request), points);
}

async function choosePoints(order: Int32Array, request: SubsetRequest): Promise<Int32Array> {
  const { count, choose } = request.subset;
  switch (choose) {
    case "uniform":
      return order.slice(0, count);
    case "blue-noise":
      return await blueNoise(order.subarray(0, BLUE_NOISE_CANDIDATES * count), request);
    case "balanced":
      return balance(order, count, occupancy(request));
  }
}

/** The first point stays first, since farthest-point sampling starts from it; the order of the others improves locality. */
function alongCurve(chosen: Int32Array, points: PointSet): Int32Array {
  const rest = chosen.slice(1);
  const order = curveOrder(takeRows(cloudOf(points, 0), rest, points.dimension), points.dimension);
  return chosen.map((first, i) => i === 0 ? first : rest[order[i - 1]!]!);
}

async function blueNoise(
  candidates: Int32Array,
  { subset, points, device }: SubsetRequest,
): Promise<Int32Array> {
  const { dimension } = points;
  const rows = takeRows(cloudOf(points, 0), candidates, dimension);
  const chosen = await farthestPoints(rows, { dimension, count: subset.count, device });
  return chosen.map((i) => candidates[i]!);
}

/** For each point, whether some example of the batch has a feature above 0 there. */
function occupancy({ points: { points }, features, featureDim }: SubsetRequest): Uint8Array {
  const occupied = new Uint8Array(points);
  for (let row = 0; row * featureDim < features.length; row++) {
    for (let channel = 0; channel < featureDim; channel++) {
      if (features[row * featureDim + channel]! > 0) occupied[row % points] = 1;
    }
  }
  return occupied;
}

/** Takes half of the points from each class, or all points of a class with fewer; preserves their order. */
function balance(order: Int32Array, count: number, occupied: Uint8Array): Int32Array {
  const occupiedCount = occupied.reduce((sum, one) => sum + one, 0), half = Math.ceil(count / 2);
  const fromOccupied = Math.max(Math.min(half, occupiedCount), count - (order.length - occupiedCount));
  const remaining = [count - fromOccupied, fromOccupied];
  return order.filter((point) => remaining[occupied[point]!]!-- > 0);
}
