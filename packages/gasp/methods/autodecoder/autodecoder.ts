/**
 * Auto-decoders (appendix B.1 of the paper; DeepSDF, Park et al., 2019) as a training method: a latent for each item and a
 * decoder, GASP's function generator, are trained to reconstruct the data. Samples decode latents of the Gaussian prior,
 * which the trained latents need not follow.
 * @module
 */
import { take } from "@gasp/tensor";
import { fields } from "../../config/validate.ts";
import type { Method } from "../core/method.ts";
import {
  adaptItems,
  type AutodecoderConfig,
  type AutodecoderModel,
  autodecoderModelFields,
  type AutodecoderTraining,
  autodecoderTrainingFields,
  checkAutodecoderData,
} from "./config.ts";
import { autodecoderGenerator, decode } from "./generator.ts";
import { AUTODECODER_PRESETS } from "./presets.ts";
import type { GeneratorWeights } from "../gasp/state.ts";
import { abstractAutodecoder, type AutodecoderState, initialAutodecoder } from "./state.ts";
import { type AutodecoderInputs, prepareAutodecoder } from "./step.ts";

/**
 * The training method `autodecoder`.
 *
 * @category Training methods
 */
export const autodecoder: Method<AutodecoderConfig, AutodecoderState, AutodecoderInputs> = {
  name: "autodecoder",
  model: fields<AutodecoderModel>(autodecoderModelFields),
  training: fields<AutodecoderTraining>(autodecoderTrainingFields),
  presets: AUTODECODER_PRESETS,
  divergedAdvice:
    "Start again with lower learning rates (training.rate, training.latents.rate) or another seed",
  checkData: checkAutodecoderData,
  adapt: adaptItems,
  initialState: initialAutodecoder,
  abstractState: abstractAutodecoder,
  prepare: prepareAutodecoder,
  generator: ({ model }) => autodecoderGenerator(model),
  weights: ({ params: { decoder }, frequencies }): GeneratorWeights => ({
    generator: decoder,
    ...(frequencies && { frequencies }),
  }),
  reconstruct: ({ params, latents }, { indices }, { model }) =>
    decode(model, params.decoder, take(latents.values, indices)),
};
