/**
 * Configuration of `latent-flow`: an auto-decoder and a flow over its latents.
 * @module
 */
import type { RunConfig } from "../../config/run_settings.ts";
import { fields, numberWithin, type Schema, wholeNumber } from "../../config/validate.ts";
import {
  type AutodecoderModel,
  autodecoderModelFields,
  type AutodecoderTraining,
  autodecoderTrainingFields,
} from "../autodecoder/config.ts";
import { learningRate, networkSize, share } from "../core/schemas.ts";

/**
 * The network of a flow: a residual perceptron from a point and a time to a velocity.
 *
 * @category Training methods
 */
export interface FlowNetworkConfig {
  /** Width of the hidden layers. */
  readonly width: number;
  /** Number of residual blocks of two layers. */
  readonly blocks: number;
  /** Steps of the Runge–Kutta method of order four, from noise to a latent. */
  readonly solverSteps: number;
}

/**
 * Decoder, prior of its training, and flow.
 *
 * @category Training methods
 */
export interface LatentFlowModel extends AutodecoderModel {
  /** The flow. */
  readonly flow: FlowNetworkConfig;
}

/**
 * Optimisation settings.
 *
 * @category Training methods
 */
export interface LatentFlowTraining extends AutodecoderTraining {
  /** Share of the steps that train the decoder and the latents; the others train the flow. */
  readonly decoderShare: number;
  /** Learning rate of the flow. */
  readonly flowRate: number;
  /** Latents per step of the flow. */
  readonly flowBatch: number;
  /** Decay of the exponential moving average of the flow's weights. */
  readonly flowDecay: number;
}

/**
 * Configuration of a run of `latent-flow`.
 *
 * @category Training methods
 */
export type LatentFlowConfig = RunConfig<LatentFlowModel, LatentFlowTraining>;

/** Schema of {@link LatentFlowModel}. */
export const modelSchema: Schema<LatentFlowModel> = fields<LatentFlowModel>({
  ...autodecoderModelFields,
  flow: fields<FlowNetworkConfig>({
    width: networkSize,
    blocks: wholeNumber(0, 64),
    solverSteps: wholeNumber(1, 1000),
  }),
});

/** Schema of {@link LatentFlowTraining}. */
export const trainingSchema: Schema<LatentFlowTraining> = fields<LatentFlowTraining>({
  ...autodecoderTrainingFields,
  decoderShare: numberWithin(0.01, 0.99, "a share from 0.01 to 0.99"),
  flowRate: learningRate,
  flowBatch: wholeNumber(1, 65536),
  flowDecay: share,
});

/**
 * Returns the number of steps that train the decoder: at least one, and all but one at most.
 *
 * @param config A valid configuration.
 */
export function decoderSteps({ steps, training: { decoderShare } }: LatentFlowConfig): number {
  return Math.max(1, Math.min(steps - 1, Math.round(steps * decoderShare)));
}
