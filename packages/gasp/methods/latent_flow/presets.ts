/**
 * Complete configurations of `latent-flow`: data, decoders and sheets of GASP's presets of the same names.
 * @module
 */
import { decoderOf } from "../autodecoder/presets.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import type { LatentFlowConfig, LatentFlowModel, LatentFlowTraining } from "./config.ts";

const { digits, faces32, chairs16, climate, tiny } = GASP_PRESETS;

const TRAINING: LatentFlowTraining = {
  rate: 1e-3,
  latents: { kind: "modulations", steps: 3, rate: 1 },
  noise: 0.1,
  decoderShare: 0.25,
  flowRate: 1e-3,
  flowBatch: 256,
  flowDecay: 0.999,
};

function presetOf(
  preset: GaspConfig,
  model: Partial<LatentFlowModel> = {},
  training: Partial<LatentFlowTraining> = {},
): LatentFlowConfig {
  const { subset } = preset.training;
  return {
    ...preset,
    method: "latent-flow",
    model: {
      ...decoderOf(preset, 1),
      latentDim: 32,
      flow: { width: 256, blocks: 3, solverSteps: 8 },
      ...model,
    },
    training: { ...TRAINING, ...(subset && { subset }), ...training },
  };
}

/** Presets by name; the first is the default. */
export const LATENT_FLOW_PRESETS: Readonly<Record<string, LatentFlowConfig>> = {
  digits: { ...presetOf(digits), steps: 8000, sampleEvery: 2000 },
  faces32: presetOf(faces32, {}, { subset: { count: 512, choose: "uniform" } }),
  chairs16: presetOf(chairs16),
  climate: presetOf(climate),
  tiny: presetOf(tiny, { latentDim: 4, flow: { width: 8, blocks: 1, solverSteps: 2 } }, {
    latents: { kind: "modulations", steps: 2, rate: 30 },
    flowBatch: 8,
    decoderShare: 0.5,
  }),
};
