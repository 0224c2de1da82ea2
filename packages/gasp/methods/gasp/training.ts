/**
 * Training steps of GASP and their inputs: features, latents and, if points change from step to step, their tables.
 * @module
 */
import { adamStepSizes } from "@gasp/autograd";
import { type PointSet, pointSet } from "@gasp/pointconv";
import { type Device, evaluate, openDevice, placeholder, type Tensor, tensor, type Tree } from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import type { PrepareRequest, TrainingSteps } from "../core/method.ts";
import { normalRows, type StepBatch } from "../core/step_batch.ts";
import { readPoints, type StepPointSet } from "../core/step_points.ts";
import type { GaspConfig } from "./config.ts";
import type { PointTableBuilder } from "./discriminators/core/discriminator.ts";
import type { GaspState } from "./state.ts";
import {
  GASP_BETAS,
  type GaspNetworks,
  gaspNetworks,
  type GaspStepResult,
  type StepInputs,
  type StepPoints,
  trainStep,
} from "./train_step.ts";

/**
 * Points that change from step to step.
 *
 * @category Training methods
 */
export type ChangingPoints = {
  /** f32, `[points, coordinateDim]` shared by the batch, or `[batch, points, coordinateDim]`. */
  readonly coordinates: Tensor;
  /** The discriminator's tables, built on the host; absent if the program computes them. */
  readonly tables?: Tree;
};

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type GaspInputs = {
  /** Data, latents, step sizes. */
  readonly inputs: StepInputs;
  /** Absent if all steps use the same points. */
  readonly points?: ChangingPoints;
};

/** Number of steps whose points determine the capacity of tables for distinct offsets. */
const CALIBRATION_STEPS = 3;

type Request = PrepareRequest<GaspConfig, GaspState>;

/**
 * Prepares everything that is constant across steps. Neighbours are searched on a separate `wasm` device, so that tables are
 * exact and the same for every training device.
 *
 * @param request Configuration, data, device and initial state.
 */
export async function prepareGasp(request: Request): Promise<TrainingSteps<GaspState, GaspInputs>> {
  const { config: { model, training }, data } = request;
  const networks = gaspNetworks(model, training);
  const searchDevice = await openDevice("wasm", { threads: 1 });
  const tables = networks.discriminator.tableBuilder(searchDevice);
  const steps = new GaspSteps(request, networks, searchDevice, tables);
  try {
    if (!training.subset && !data.batchCoordinates) await steps.fixPoints();
    else await steps.calibrate();
    return steps;
  } catch (error) {
    await steps.release();
    throw error;
  }
}

class GaspSteps implements TrainingSteps<GaspState, GaspInputs> {
  readonly #request: Request;
  readonly #networks: GaspNetworks;
  readonly #searchDevice: Device;
  readonly #tables: PointTableBuilder;
  readonly #allPoints: PointSet;
  /** All points, prepared; present if every step uses all of them. */
  #fixed: StepPoints | undefined;

  constructor(request: Request, networks: GaspNetworks, searchDevice: Device, tables: PointTableBuilder) {
    const { coordinates, pointCount, coordinateDim } = request.data;
    this.#request = request;
    this.#networks = networks;
    this.#searchDevice = searchDevice;
    this.#tables = tables;
    this.#allPoints = pointSet(coordinates, [pointCount, coordinateDim]);
  }

  /** Encodes all points and builds their tables, for steps that all use them. */
  async fixPoints(): Promise<void> {
    const { data, state: { frequencies }, device } = this.#request;
    const coordinates = tensor(data.coordinates, [data.pointCount, data.coordinateDim]);
    const tables = await this.#tables.build(this.#allPoints);
    const encoding = await evaluate(encodeCoordinates(coordinates, frequencies), device);
    this.#fixed = { encoding, discriminator: this.#networks.discriminator.points(coordinates, tables) };
  }

  /** Determines the shapes of tables from a few steps. */
  async calibrate(): Promise<void> {
    const samples: PointSet[] = [];
    for (let step = 0; step < CALIBRATION_STEPS; step++) {
      samples.push((await this.#read(this.#request.batch(step))).points);
    }
    await this.#tables.calibrate(samples);
  }

  async inputs(batch: StepBatch): Promise<GaspInputs> {
    const { features, points } = await this.#read(batch);
    const inputs = this.#inputs(batch, features);
    if (this.#fixed) return { inputs };
    const { clouds, dimension } = points;
    const shape = clouds === 1 ? [points.points, dimension] : [clouds, points.points, dimension];
    const coordinates = tensor(points.coordinates, shape);
    if (this.#tables.areTraced) return { inputs, points: { coordinates } };
    return { inputs, points: { coordinates, tables: await this.#tables.build(points) } };
  }

  async abstractInputs(batchSize: number, first: () => Promise<GaspInputs>): Promise<GaspInputs> {
    const { config: { model, training }, data } = this.#request;
    const latents = () => placeholder([batchSize, model.latentDim]);
    const inputs = {
      real: placeholder([batchSize, training.subset?.count ?? data.pointCount, data.featureDim]),
      latentsDiscriminator: latents(),
      latentsGenerator: latents(),
      discriminatorStepSizes: adamStepSizes(1, 1, GASP_BETAS),
      generatorStepSizes: adamStepSizes(1, 1, GASP_BETAS),
    };
    // Points that change have the same shapes in every step
    const points = this.#fixed ? undefined : (await first()).points;
    if (!points) return { inputs };
    if (points.coordinates.rank === 2 || batchSize === points.coordinates.shape[0]) return { inputs, points };
    // Tables of separate points per example have the shapes of one batch size only
    const [, count, dimension] = points.coordinates.shape;
    return { inputs, points: { coordinates: placeholder([batchSize, count!, dimension!]) } };
  }

  step(state: GaspState, { inputs, points }: GaspInputs): GaspStepResult {
    return trainStep(this.#networks, state, inputs, points ? this.#prepare(points, state) : this.#fixed!);
  }

  async release(): Promise<void> {
    this.#tables.release();
    this.#fixed?.encoding.dispose();
    await this.#searchDevice.close();
  }

  /** Encodes points that are inputs of the step, and prepares their tables. */
  #prepare({ coordinates, tables }: ChangingPoints, { frequencies }: GaspState): StepPoints {
    return {
      encoding: encodeCoordinates(coordinates, frequencies),
      discriminator: this.#networks.discriminator.points(coordinates, tables),
    };
  }

  /** Reads the features and points of a step. */
  #read(batch: StepBatch): Promise<StepPointSet> {
    const { data, config: { seed, training: { subset } } } = this.#request;
    return readPoints({ data, seed, subset, allPoints: this.#allPoints, device: this.#searchDevice }, batch);
  }

  #inputs(batch: StepBatch, features: Float32Array): StepInputs {
    const { step, indices: { length: batchSize } } = batch;
    const { config: { seed, model: { latentDim, featureDim }, training } } = this.#request;
    const latents = (stream: string) => normalRows({ seed, stream, step }, latentDim, batch);
    return {
      real: tensor(features, [batchSize, features.length / (batchSize * featureDim), featureDim]),
      latentsDiscriminator: latents("latents of the discriminator's batch"),
      latentsGenerator: latents("latents of the generator's batch"),
      discriminatorStepSizes: adamStepSizes(step + 1, training.discriminatorRate, GASP_BETAS),
      generatorStepSizes: adamStepSizes(step + 1, training.generatorRate, GASP_BETAS),
    };
  }
}
