/**
 * The points of a step and the features of its items at them: all points, or a subset (section 3.1 of the paper).
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { mergeEqualClouds, type PointSet, pointSet, takeRows } from "@gasp/pointconv";
import type { Device } from "@gasp/tensor";
import type { StepBatch } from "./method.ts";
import { chooseSubset, type SubsetConfig } from "./subset.ts";

/** Arguments of {@link readPoints}. */
export interface PointsRequest {
  /** Training data. */
  readonly data: Dataset;
  /** All points of {@link data}: those that its items share, or those of the first item. */
  readonly allPoints: PointSet;
  /** Seed of the run. */
  readonly seed: number;
  /** Subsampling, if any. */
  readonly subset?: SubsetConfig | undefined;
  /** Device for farthest-point sampling. */
  readonly device: Device;
}

/** Points of a step. */
export interface StepPointSet {
  /** `[batch, points, featureDim]`. */
  readonly features: Float32Array;
  /** One cloud for the whole batch, or one for each item if they differ. */
  readonly points: PointSet;
}

/**
 * Reads the features of a step at its points. A pure function of the seed, the data and the batch.
 *
 * @param request Data and subsampling.
 * @param batch Step and item indices.
 */
export async function readPoints(
  { data, allPoints, seed, subset, device }: PointsRequest,
  { step, indices }: StepBatch,
): Promise<StepPointSet> {
  const { pointCount, coordinateDim, featureDim } = data;
  const features = await data.batch(indices);
  const own = await data.batchCoordinates?.(indices);
  const all = own ? mergeEqualClouds(pointSet(own, [indices.length, pointCount, coordinateDim])) : allPoints;
  if (!subset) return { features, points: all };
  const chosen = await chooseSubset({
    subset,
    key: { seed, step },
    points: all,
    features,
    featureDim,
    device,
  });
  const coordinates = takeRows(all.coordinates, chosen, coordinateDim, pointCount);
  return {
    features: takeRows(features, chosen, featureDim, pointCount),
    points: { ...all, coordinates, points: chosen.length },
  };
}
