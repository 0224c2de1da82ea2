/**
 * Made-up clouds of points.
 * @module
 */
import { randomNormal, randomUniform } from "@gasp/tensor";

/** How points lie: evenly in a cube, nine tenths of them in a hundredth of it, on a sphere. */
export const CLOUD_KINDS = ["uniform", "clustered", "sphere"] as const;

/** How points lie. */
export type CloudKind = typeof CLOUD_KINDS[number];

/**
 * A cloud, the same for the same arguments.
 *
 * @param kind How its points lie.
 * @param count Number of points.
 * @param dimension Coordinates of each.
 * @returns `[count, dimension]`
 */
export function makeCloud(kind: CloudKind, count: number, dimension: number): Float32Array {
  const key = { seed: 0, stream: kind, step: 0 };
  if (kind === "sphere") return onSphere(randomNormal(key, count * dimension), dimension);
  const points = randomUniform(key, count * dimension);
  if (kind === "clustered") {
    const side = 0.01 ** (1 / dimension), crowded = Math.floor(0.9 * count) * dimension;
    for (let i = 0; i < crowded; i++) points[i] = 0.4 + side * points[i]!;
  }
  return points;
}

function onSphere(points: Float32Array, dimension: number): Float32Array {
  for (let i = 0; i < points.length; i += dimension) {
    const point = points.subarray(i, i + dimension);
    const length = Math.hypot(...point);
    for (let axis = 0; axis < dimension; axis++) point[axis]! /= length;
  }
  return points;
}
