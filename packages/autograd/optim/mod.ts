/**
 * Optimisers as pure functions of trees.
 * @module
 */
export {
  adamInit,
  type AdamOptions,
  type AdamState,
  adamStep,
  type AdamStepSizes,
  adamStepSizes,
  adamUpdate,
  type Betas,
  GAN_BETAS,
} from "./adam.ts";
