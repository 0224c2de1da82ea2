/**
 * Shared by tests of the model: a small model, random tensors, evaluation on the reference interpreter.
 * @module
 */
import { adamStepSizes, type StateDict } from "@gasp/autograd";
import { type PointSet, pointSet } from "@gasp/pointconv";
import { evaluate, randomUniform, reference, type Shape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import type { GaspConfig, GaspModel, GaspTraining } from "./config.ts";
import type { PointConvConfig, PointConvNetwork } from "./discriminators/pointconv/config.ts";
import { discriminatorTables } from "./discriminators/pointconv/tables.ts";
import { GASP_PRESETS } from "./presets.ts";
import type { GaspState } from "./state.ts";
import {
  GASP_BETAS,
  type GaspNetworks,
  gaspNetworks,
  type StepInputs,
  type StepPoints,
} from "./train_step.ts";

/** A discriminator of grey images of 5 × 5 pixels. */
export const SMALL_POINTCONV: PointConvConfig = {
  kind: "pointconv",
  layers: [
    { kind: "conv", channels: 3, points: 25, neighbours: 9, weightNetSizes: [5, 6] },
    { kind: "pool", points: 6, neighbours: 9 },
    { kind: "conv", channels: 1, points: 1, neighbours: 6, weightNetSizes: [5, 6] },
  ],
  norm: 2,
};

/** A model of grey images of 5 × 5 pixels. */
export const SMALL_MODEL: GaspModel & { readonly discriminator: PointConvConfig } = {
  coordinateDim: 2,
  featureDim: 1,
  latentDim: 4,
  hyperHidden: [6, 7],
  functionHidden: [5, 6],
  fourier: { count: 4, sigma: 1 },
  discriminator: SMALL_POINTCONV,
};

/** The same discriminator with its coordinate and feature dimensions. */
export const SMALL_NETWORK: PointConvNetwork = { ...SMALL_POINTCONV, coordinateDim: 2, featureDim: 1 };

/** Batch size. */
export const SMALL_BATCH = 3;

/** The losses of the reference code. */
export const SMALL_TRAINING: GaspTraining = {
  generatorRate: 1e-3,
  discriminatorRate: 2e-3,
  r1Weight: 10,
  r1On: "probability",
  loss: "probability",
  emaDecay: 0.9,
};

/** Model and training as a configuration. */
export const SMALL_CONFIG: GaspConfig = {
  ...GASP_PRESETS.tiny,
  batchSize: SMALL_BATCH,
  model: SMALL_MODEL,
  training: SMALL_TRAINING,
};

/** Model and training as networks. */
export const SMALL_NETWORKS: GaspNetworks = gaspNetworks(SMALL_MODEL, SMALL_TRAINING);

/**
 * Returns the elements of a tensor in double precision.
 *
 * @param x Any tensor that can be computed.
 */
export async function numbers(x: Tensor): Promise<number[]> {
  return [...await (await evaluate(x, reference)).data()];
}

/**
 * Returns the elements of several tensors by name.
 *
 * @param tensors Tensors that can be computed.
 */
export async function numbersByName(tensors: StateDict): Promise<Record<string, number[]>> {
  const values = await evaluate(tensors, reference);
  const result: Record<string, number[]> = {};
  for (const [name, x] of Object.entries(values)) result[name] = [...await x.data()];
  return result;
}

/**
 * Draws random numbers in (-1, 1), reproducible by name.
 *
 * @param name Name of the stream.
 * @param shape Sizes of the axes.
 */
export function randomTensor(name: string, shape: Shape): Tensor {
  return tensor(randomUniform({ seed: 11, stream: name, step: 0 }, sizeOf(shape), -1, 1), shape);
}

/** Pixel coordinates of a 5 × 5 image. */
export function smallPoints(): PointSet {
  const at = (i: number) => i / 2 - 1;
  const values = Array.from({ length: 25 }, (_, i) => [at(Math.floor(i / 5)), at(i % 5)]);
  return pointSet(Float32Array.from(values.flat()), [25, 2]);
}

/**
 * Repeats the same pixel coordinates for each example.
 *
 * @param batch Number of examples.
 */
export function copiedPoints(batch: number): PointSet {
  const { coordinates } = smallPoints(), copies = new Float32Array(batch * coordinates.length);
  for (let i = 0; i < batch; i++) copies.set(coordinates, i * coordinates.length);
  return pointSet(copies, [batch, 25, 2]);
}

/**
 * Prepares the points of a step.
 *
 * @param state Training state with the Fourier frequencies.
 * @param points One cloud, or one for each example.
 */
export async function stepPoints(state: GaspState, points: PointSet): Promise<StepPoints> {
  const { clouds, dimension } = points;
  const shape = clouds === 1 ? [points.points, dimension] : [clouds, points.points, dimension];
  const coordinates = tensor(points.coordinates, shape);
  const tables = await discriminatorTables(points, SMALL_NETWORK, { device: reference });
  return {
    encoding: encodeCoordinates(coordinates, state.frequencies),
    discriminator: SMALL_NETWORKS.discriminator.points(coordinates, tables),
  };
}

/**
 * Returns the inputs of a step.
 *
 * @param step Number of the step, from 1.
 */
export function stepInputs(step: number): StepInputs {
  const { discriminatorRate, generatorRate } = SMALL_TRAINING, batch = SMALL_BATCH;
  return {
    real: randomTensor("real", [batch, 25, 1]),
    latentsDiscriminator: randomTensor(`latents D ${step}`, [batch, SMALL_MODEL.latentDim]),
    latentsGenerator: randomTensor(`latents G ${step}`, [batch, SMALL_MODEL.latentDim]),
    discriminatorStepSizes: adamStepSizes(step, discriminatorRate, GASP_BETAS),
    generatorStepSizes: adamStepSizes(step, generatorRate, GASP_BETAS),
  };
}

/**
 * Asserts that two lists agree relative to the largest expected value.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param tolerance Largest relative error. Default: 1e-12.
 */
export function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  if (actual.length !== expected.length) {
    throw new Error(`got ${actual.length} numbers, expected ${expected.length}`);
  }
  const largest = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  actual.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]!) <= tolerance * largest)) {
      throw new Error(`number ${i} is ${value}, expected ${expected[i]} (largest is ${largest})`);
    }
  });
}
