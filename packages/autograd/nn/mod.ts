/**
 * Layers, losses and initial parameters, as pure functions of trees of tensors. Layers without
 * parameters, such as `dropout`, `maxPool` or `gelu`, are in `@gasp/tensor`.
 *
 * @example A small network and its loss
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { crossEntropyLoss, initMlp, mlp, randomSource, relu } from "@gasp/autograd/nn";
 * import { tensor, zeros } from "@gasp/tensor";
 *
 * const layers = initMlp(randomSource({ seed: 1, stream: "network" }), [4, 16, 3]);
 * const logits = mlp(zeros([8, 4]), layers, relu);
 * const loss = crossEntropyLoss(logits, tensor(new Int32Array(8)));
 * assertEquals([logits.shape, loss.shape], [[8, 3], []]);
 * ```
 *
 * @module
 */
export { type Activation, relu } from "./activation.ts";
export {
  applyBatchNorm,
  type ApplyBatchNormOptions,
  type LayerResult,
  type Mode,
  type NetworkState,
  repeatRunningUpdate,
} from "./apply_batch_norm.ts";
export {
  type AttentionOptions,
  initMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionOptions,
  type MultiHeadAttentionParams,
  scaledDotProductAttention,
} from "./attention.ts";
export {
  batchNorm,
  type BatchNormOptions,
  type BatchNormParams,
  type BatchNormResult,
} from "./batch_norm.ts";
export { convLayer, type ConvParams, convTransposeLayer, initConv } from "./conv.ts";
export { embedding, initEmbedding } from "./embedding.ts";
export { initBatchNorm, initLinear, initMlp } from "./init.ts";
export {
  type GainOptions,
  kaimingNormal,
  type KaimingOptions,
  kaimingUniform,
  orthogonal,
  xavierNormal,
  xavierUniform,
} from "./initializers.ts";
export {
  groupNorm,
  type GroupNormOptions,
  initNorm,
  layerNorm,
  type NormEpsilon,
  type NormParams,
  rmsNorm,
} from "./layer_norm.ts";
export { linear, type LinearParams, mlp } from "./linear.ts";
export {
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  type CrossEntropyOptions,
  type Gaussian,
  gaussianKl,
  huberLoss,
  type HuberOptions,
  l1Loss,
  type LossOptions,
  mseLoss,
  type Reduction,
} from "./losses.ts";
export { type RandomSource, randomSource } from "./random_source.ts";
export { getTensor, type StateDict, withoutPrefix, withPrefix } from "./state_dict.ts";
