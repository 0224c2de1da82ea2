/**
 * Optimisers as pure functions of trees, learning-rate schedules, gradient clipping, parameter averages.
 *
 * All optimisers have one interface: `init(params)` returns a state, `update(params, gradients, state)` the next
 * parameters and state. Both are trees of tensors, so that a step is compiled together with its gradient, in place if
 * they are donated; the step count is a tensor in the state, so that one program serves all steps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { adamW, clipByGlobalNorm, cosineDecay } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const optimizer = adamW({ learningRate: cosineDecay({ from: 1e-3, steps: 1000 }) });
 * const params = { weight: tensor([[1, 2]]), bias: tensor([0]) };
 * const { gradients } = clipByGlobalNorm({ weight: tensor([[3, 0]]), bias: tensor([4]) }, 1);
 * const { state } = await evaluate(optimizer.update(params, gradients, optimizer.init(params)));
 * assertEquals([...await state.step.data()], [1]);
 * ```
 *
 * @module
 */
export {
  adam,
  type AdamConstants,
  type AdamOptions,
  type AdamStepSizes,
  adamStepSizes,
  adamUpdate,
  adamW,
  type AdamWOptions,
  type Betas,
} from "./adam.ts";
export { clipByGlobalNorm, globalNorm } from "./clip.ts";
export { emaUpdate } from "./ema.ts";
export { lion, type LionOptions } from "./lion.ts";
export type {
  LearningRateOptions,
  Optimizer,
  OptimizerState,
  Updated,
  WeightDecayOptions,
} from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export {
  constantRate,
  cosineDecay,
  type DecayOptions,
  exponentialDecay,
  type FactorOptions,
  linearDecay,
  linearWarmup,
  type Schedule,
  stepDecay,
  type WarmupOptions,
} from "./schedule.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
