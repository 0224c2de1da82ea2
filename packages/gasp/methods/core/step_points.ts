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
  batch: StepBatch,
): Promise<StepPointSet> {
  const { step, indices, first } = batch, { pointCount, coordinateDim, featureDim } = data;
  const features = await data.batch(indices);
  // Whether the whole batch shares its points determines the shapes of the step, so all ranks must decide it alike
  const own = await data.batchCoordinates?.(batch.all);
  const all = own
    ? mergeEqualClouds(pointSet(own, [batch.all.length, pointCount, coordinateDim]))
    : allPoints;
  const ofRank = all.clouds === 1 ? all : cloudsOf(all, first, indices.length);
  if (!subset) return { features, points: ofRank };
  const chosen = await chooseSubset({
    subset,
    key: { seed, step },
    points: all,
    // A choice by occupancy depends on all items, also those that other ranks read
    features: subset.choose === "balanced" && batch.all.length > indices.length
      ? await data.batch(batch.all)
      : features,
    featureDim,
    device,
  });
  const coordinates = takeRows(ofRank.coordinates, chosen, coordinateDim, pointCount);
  return {
    features: takeRows(features, chosen, featureDim, pointCount),
    points: { ...ofRank, coordinates, points: chosen.length },
  };
}

/** Selects consecutive clouds. */
function cloudsOf(set: PointSet, first: number, count: number): PointSet {
  const size = set.points * set.dimension;
  return {
    ...set,
    clouds: count,
    coordinates: set.coordinates.subarray(first * size, (first + count) * size),
  };
}
