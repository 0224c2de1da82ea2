/**
 * Which points a step looks at, where it does not look at all of them. The choice is a function of (seed, step) and, if it
 * is balanced, of the step's batch; all examples of a step share it.
 * @module
 */
import { cloudOf, curveOrder, farthestPoints, type PointSet, takeRows } from "@gasp/pointconv";
import { type Device, permutation, type RandomKey } from "@gasp/tensor";
import type { SubsetConfig } from "./config.ts";

/** Among so many times the points wanted, drawn uniformly, those farthest from each other are taken. */
const BLUE_NOISE_CANDIDATES = 2;

/** What a choice depends on. */
export interface SubsetRequest {
  /** How many, and how. */
  readonly subset: SubsetConfig;
  /** Seed and step. */
  readonly key: Omit<RandomKey, "stream">;
  /** All points; where examples have their own, the first cloud says which are far from each other. */
  readonly points: PointSet;
  /** Features of the batch, `[batch, points, featureDim]`. */
  readonly features: Float32Array;
  /** Numbers of a feature. */
  readonly featureDim: number;
  /** What searches for points far from each other. */
  readonly device: Device;
}

/**
 * Chooses the points of a step.
 *
 * - `uniform`: each subset equally likely, as in the paper.
 * - `blue-noise`: evenly spread, by farthest-point sampling from twice as many uniform ones, so that neighbours are near.
 * - `balanced`: half of the points from those where some example of the batch is occupied (a feature above 0), half from
 *   the others, as far as there are so many.
 *
 * @param request What it depends on.
 * @returns `[count]`: numbers of points, first a random one, then along a space-filling curve.
 * @throws {RangeError} If more points are asked for than there are.
 */
export async function chooseSubset(request: SubsetRequest): Promise<Int32Array> {
  const { subset: { count }, key, points } = request;
  if (count > points.points) {
    throw new RangeError(`a subset of ${count} points needs at least as many, got ${points.points}`);
  }
  const order = Int32Array.from(permutation({ ...key, stream: "points of the step" }, points.points));
  return alongCurve(await choiceOf(order, request), points);
}

async function choiceOf(order: Int32Array, request: SubsetRequest): Promise<Int32Array> {
  const { count, choose } = request.subset;
  switch (choose) {
    case "uniform":
      return order.slice(0, count);
    case "blue-noise":
      return await spreadOut(order.subarray(0, BLUE_NOISE_CANDIDATES * count), request);
    case "balanced":
      return balance(order, count, occupancy(request));
  }
}

/** The first point stays first, since farthest-point sampling begins with it; the others keep their caches warm. */
function alongCurve(chosen: Int32Array, points: PointSet): Int32Array {
  const rest = chosen.slice(1);
  const order = curveOrder(takeRows(cloudOf(points, 0), rest, points.dimension), points.dimension);
  return chosen.map((first, i) => i === 0 ? first : rest[order[i - 1]!]!);
}

async function spreadOut(
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

/** Takes half of the points from either kind, or all of a kind that is rarer; the order stays. */
function balance(order: Int32Array, count: number, occupied: Uint8Array): Int32Array {
  const occupiedCount = occupied.reduce((sum, one) => sum + one, 0), half = Math.ceil(count / 2);
  const fromOccupied = Math.max(Math.min(half, occupiedCount), count - (order.length - occupiedCount));
  const left = [count - fromOccupied, fromOccupied];
  return order.filter((point) => left[occupied[point]!]!-- > 0);
}
