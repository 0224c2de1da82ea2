/**
 * Inputs of methods that evaluate functions at the points of their data: the features of a step's items, and the points
 * themselves where they change from step to step.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { type PointSet, pointSet } from "@gasp/pointconv";
import { type Device, openDevice, placeholder, type Tensor, tensor } from "@gasp/tensor";
import type { StepBatch } from "./method.ts";
import { readPoints } from "./step_points.ts";
import type { SubsetConfig } from "./subset.ts";

/**
 * Items of a step at their points.
 *
 * @category Training methods
 */
export type PointBatch = {
  /** Features in [-1, 1], `[batch, points, featureDim]`. */
  readonly real: Tensor;
  /** `[points, coordinateDim]` or `[batch, points, coordinateDim]`; absent if all steps use the same points. */
  readonly coordinates?: Tensor;
};

/** What {@link PointInputs} needs of a run. */
export interface PointInputsRequest {
  /** Training data. */
  readonly data: Dataset;
  /** Seed of the run. */
  readonly seed: number;
  /** Subsampling of points. Default: all points. */
  readonly subset?: SubsetConfig | undefined;
}

/** Reads the items of steps as tensors. */
export class PointInputs {
  /** The points of all steps, `[points, coordinateDim]`; absent if they change. */
  readonly fixed: Tensor | undefined;
  readonly #request: PointInputsRequest;
  readonly #device: Device;
  readonly #allPoints: PointSet;

  private constructor(request: PointInputsRequest, device: Device) {
    const { data: { coordinates, pointCount, coordinateDim, batchCoordinates }, subset } = request;
    this.#request = request;
    this.#device = device;
    this.#allPoints = pointSet(coordinates, [pointCount, coordinateDim]);
    this.fixed = subset || batchCoordinates ? undefined : tensor(coordinates, [pointCount, coordinateDim]);
  }

  /**
   * Opens the inputs of a run. Subsets are chosen on a `wasm` device of their own, so that they do not depend on the device
   * of the run.
   *
   * @param request Data, seed, subsampling.
   */
  static async open(request: PointInputsRequest): Promise<PointInputs> {
    return new PointInputs(request, await openDevice("wasm", { threads: 1 }));
  }

  /**
   * Reads a step. A pure function of the seed, the data and the batch.
   *
   * @param batch Step and item indices.
   */
  async read(batch: StepBatch): Promise<PointBatch> {
    const { data, seed, subset } = this.#request, { featureDim } = data, count = batch.indices.length;
    const request = { data, seed, subset, allPoints: this.#allPoints, device: this.#device };
    const { features, points } = await readPoints(request, batch);
    const real = tensor(features, [count, features.length / (count * featureDim), featureDim]);
    if (this.fixed) return { real };
    const { clouds, dimension } = points;
    const shape = clouds === 1 ? [points.points, dimension] : [clouds, points.points, dimension];
    return { real, coordinates: tensor(points.coordinates, shape) };
  }

  /**
   * Returns the shapes of a step of any size.
   *
   * @param batchSize Number of items.
   */
  abstract(batchSize: number): PointBatch {
    const { data, subset } = this.#request, { coordinateDim, featureDim } = data;
    const points = subset?.count ?? data.pointCount;
    const real = placeholder([batchSize, points, featureDim]);
    if (this.fixed) return { real };
    const shape = data.batchCoordinates ? [batchSize, points, coordinateDim] : [points, coordinateDim];
    return { real, coordinates: placeholder(shape) };
  }

  /** Closes the device. */
  async release(): Promise<void> {
    await this.#device.close();
  }
}
