/**
 * Layers as functions of plain records of tensors; none has hidden state.
 * @module
 */
export { type Activation, leaky, relu } from "./activation.ts";
export {
  batchNorm,
  type BatchNormOptions,
  type BatchNormParams,
  type BatchNormResult,
} from "./batch_norm.ts";
export { initBatchNorm, initLinear, initMlp, type UniformSource, uniformSource } from "./init.ts";
export { linear, type LinearParams, mlp } from "./linear.ts";
export {
  applyBatchNorm,
  type ApplyBatchNormOptions,
  type LayerResult,
  type Mode,
  type NetworkState,
  repeatRunningUpdate,
} from "./apply_batch_norm.ts";
export { getTensor, type StateDict, withoutPrefix, withPrefix } from "./state_dict.ts";
