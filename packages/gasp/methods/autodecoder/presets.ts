/**
 * Complete configurations of auto-decoders: data, networks and sheets of GASP's presets of the same names.
 * @module
 */
import type { GaspConfig } from "../gasp/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import type { AutodecoderConfig, AutodecoderModel, AutodecoderTraining } from "./config.ts";

/**
 * Returns the networks of a preset of GASP as a decoder.
 *
 * @param preset A preset of GASP.
 * @param priorVariance Variance of the prior of the latents.
 */
export function decoderOf({ model }: GaspConfig, priorVariance: number): AutodecoderModel {
  const { discriminator: _, ...decoder } = model;
  return { ...decoder, items: null, priorVariance };
}

/** Optimisation settings that suit all bundled data. */
export const DECODER_TRAINING: AutodecoderTraining = {
  rate: 1e-3,
  latents: { kind: "auto-decoding", rate: 0.1 },
  noise: 0.1,
};

const PRIOR_VARIANCE = 1;

const { digits, faces32, chairs16, climate, tiny } = GASP_PRESETS;

function presetOf(preset: GaspConfig, latentDim = preset.model.latentDim): AutodecoderConfig {
  const { subset } = preset.training;
  return {
    ...preset,
    method: "autodecoder",
    model: { ...decoderOf(preset, PRIOR_VARIANCE), latentDim },
    training: { ...DECODER_TRAINING, ...(subset && { subset }) },
  };
}

/** Presets by name; the first is the default. */
export const AUTODECODER_PRESETS: Readonly<Record<string, AutodecoderConfig>> = {
  // A latent is updated once per epoch only: larger batches, for about thirty epochs
  digits: { ...presetOf(digits, 32), batchSize: 64 },
  faces32: presetOf(faces32),
  chairs16: presetOf(chairs16),
  climate: presetOf(climate),
  tiny: presetOf(tiny),
};
