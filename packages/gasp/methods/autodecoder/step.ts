/**
 * Training steps of an auto-decoder: the decoder on all steps, each latent on those of its item.
 * @module
 */
import { adam, cosineDecay, valueAndGrad } from "@gasp/autograd";
import {
  allGather,
  allMean,
  evaluate,
  mean,
  mul,
  ownRows,
  placeholder,
  scatter,
  stopGradient,
  take,
  type Tensor,
  tensor,
  treeMap,
} from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import { updateRows } from "../core/latent_table.ts";
import type { PrepareRequest, StepBatch, StepResult, TrainingSteps } from "../core/method.ts";
import { type PointBatch, PointInputs } from "../core/point_inputs.ts";
import type { AutodecoderConfig } from "./config.ts";
import { descend, itemLosses } from "./loss.ts";
import type { AutodecoderState, DecoderParams } from "./state.ts";

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type AutodecoderInputs = {
  /** Items of the batch. */
  readonly points: PointBatch;
  /** Indices of the items of all ranks, whose latents every rank updates, i32, `[ranks · batch]`. */
  readonly indices: Tensor;
};

/** The parts of a configuration that a step depends on; `steps` is the length of the schedules. */
export type StepSettings = Pick<AutodecoderConfig, "model" | "training" | "steps">;

/**
 * Builds a step.
 *
 * @param settings Networks, optimisation, and the number of steps over which learning rates decay.
 * @param state Training state.
 * @param inputs Items of the batch.
 * @param encoding Encoded coordinates, `[points, in]` or `[batch, points, in]`.
 * @param valueCount Number of values of an item, of which the inputs may be a random subset.
 */
export function autodecoderStep(
  settings: StepSettings,
  state: AutodecoderState,
  { points: { real }, indices }: AutodecoderInputs,
  encoding: Tensor,
  valueCount: number,
): StepResult<AutodecoderState> {
  const { model, training, steps } = settings, { latents: search } = training;
  const optimizer = adam({ learningRate: cosineDecay({ from: training.rate, steps }) });
  const isTrained = search.kind === "auto-decoding";
  const before = isTrained ? take(state.latents.values, ownRows(indices)) : undefined;

  const objective = (params: DecoderParams, rows: Tensor[]) => {
    const latents = search.kind === "auto-decoding"
      ? rows[0]!
      : descend(settings, params, encoding, real, valueCount, search.steps);
    const { losses, errors, norms } = itemLosses(
      settings,
      params.decoder,
      latents,
      encoding,
      real,
      valueCount,
    );
    return [mean(losses), { error: mean(errors), norm: mean(norms), latents }] as const;
  };
  const { gradient, aux } = valueAndGrad(objective, { argnums: [0, 1], hasAux: true })(
    state.params,
    before ? [before] : [],
  );
  const [slopes, rows] = gradient;
  const next = optimizer.update(state.params, treeMap(slopes, allMean), state.optimizer);
  const { latents } = state;
  const updated = search.kind === "auto-decoding" && "m" in latents
    ? updateRows(
      latents,
      indices,
      // The gradient of the item's own loss, whatever the batch size
      allGather(mul(rows[0]!, real.shape[0]!)),
      cosineDecay({ from: search.rate, steps })(state.optimizer.step),
    )
    : { values: scatter(latents.values, indices, allGather(stopGradient(aux.latents))) };
  return {
    state: { ...state, params: next.params, optimizer: next.state, latents: updated },
    losses: { error: aux.error, norm: mul(aux.norm, 1 / model.latentDim) },
  };
}

/** Inputs of the steps of a decoder. */
export interface DecoderInputs {
  /** Reads a step. */
  inputs(batch: StepBatch): Promise<AutodecoderInputs>;
  /** Returns the shapes of a step of any batch size. */
  abstractInputs(batchSize: number): AutodecoderInputs;
  /** Returns the encoded coordinates of a step. */
  encodingOf(state: AutodecoderState, inputs: AutodecoderInputs): Tensor;
  /** Frees its resources. */
  release(): Promise<void>;
}

/**
 * Opens the inputs of the steps of a decoder. Points that are the same in every step are encoded once.
 *
 * @param request Configuration, data, device and initial state.
 */
export async function openDecoderInputs(
  { config, data, device, ranks, state: { frequencies } }: Omit<
    PrepareRequest<AutodecoderConfig, AutodecoderState>,
    "batch"
  >,
): Promise<DecoderInputs> {
  const points = await PointInputs.open({ data, seed: config.seed, subset: config.training.subset });
  const fixed = points.fixed && await evaluate(encodeCoordinates(points.fixed, frequencies), device);
  return {
    inputs: async (batch) => ({
      points: await points.read(batch),
      indices: tensor(Int32Array.from(batch.all), [batch.all.length], "i32"),
    }),
    abstractInputs: (batchSize) => ({
      points: points.abstract(batchSize),
      indices: placeholder([ranks.size * batchSize], "i32"),
    }),
    encodingOf: (state, inputs) => fixed ?? encodeCoordinates(inputs.points.coordinates!, state.frequencies),
    async release() {
      fixed?.dispose();
      await points.release();
    },
  };
}

/**
 * Prepares the steps.
 *
 * @param request Configuration, data, device and initial state.
 */
export async function prepareAutodecoder(
  request: PrepareRequest<AutodecoderConfig, AutodecoderState>,
): Promise<TrainingSteps<AutodecoderState, AutodecoderInputs>> {
  const decoder = await openDecoderInputs(request), { pointCount, featureDim } = request.data;
  return {
    ...decoder,
    step: (state, inputs) =>
      autodecoderStep(
        request.config,
        state,
        inputs,
        decoder.encodingOf(state, inputs),
        pointCount * featureDim,
      ),
  };
}
