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
export * from "./adam.ts";
export * from "./clip.ts";
export * from "./ema.ts";
export * from "./lion.ts";
export type {
  LearningRateOptions,
  Optimizer,
  OptimizerState,
  Updated,
  WeightDecayOptions,
} from "./optimizer.ts";
export * from "./rmsprop.ts";
export * from "./schedule.ts";
export * from "./sgd.ts";
