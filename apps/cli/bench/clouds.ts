/**
 * Synthetic point clouds.
 * @module
 */
import { randomNormal, randomUniform } from "@gasp/tensor";

/** Distributions of points: uniform in a cube, 90 % of them in 1 % of its volume, or on a sphere. */
export const CLOUD_KINDS = ["uniform", "clustered", "sphere"] as const;

/** Distribution of points. */
export type CloudKind = typeof CLOUD_KINDS[number];

/**
 * Generates a point cloud, the same for the same arguments.
 *
 * @param kind Distribution of its points.
 * @param count Number of points.
 * @param dimension Dimension of the coordinates.
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
