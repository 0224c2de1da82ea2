/**
 * Lion (Chen et al., 2023): every element moves by the learning rate, in the direction of the sign of an average of
 * gradients,
 *
 *     p ← p - η (sign(β₁ m + (1 - β₁) g) + λ p)        m ← β₂ m + (1 - β₂) g
 *
 * Its state is half the size of Adam's: one moment instead of two.
 * @module
 */
import { add, mul, sign, sub, type Tensor } from "@gasp/tensor";
import type { Betas } from "./adam.ts";
import {
  decayedParameter,
  type LearningRateOptions,
  type Optimizer,
  optimizerOf,
  type WeightDecayOptions,
} from "./optimizer.ts";

/**
 * Options of {@link lion}.
 *
 * @category Optimisers
 */
export interface LionOptions extends LearningRateOptions, WeightDecayOptions {
  /** β₁ of the direction and β₂ of the moment. Default: 0.9 and 0.99. */
  readonly betas?: Betas;
}

/**
 * Lion. Typical learning rates are 3 to 10 times smaller than Adam's, and weight decays as much larger. Weight decay is
 * decoupled.
 *
 * @param options Learning rate, betas, weight decay.
 * @returns The optimiser; its moments are `m`.
 * @throws {RangeError} If a β is not in [0, 1).
 *
 * @example
 * ```ts
 * import { lion } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const optimizer = lion({ learningRate: 0.25 }), params = tensor([1, 1, 1]);
 * const next = optimizer.update(params, tensor([1e-3, 0, -50]), optimizer.init(params));
 * assertEquals([...await (await evaluate(next.params)).data()], [0.75, 1, 1.25]);
 * ```
 *
 * @category Optimisers
 */
export function lion(options: LionOptions = {}): Optimizer {
  const { betas: [beta1, beta2] = [0.9, 0.99] } = options;
  for (const beta of [beta1, beta2]) {
    if (!(beta >= 0 && beta < 1)) {
      throw new RangeError(`the betas of Lion must be at least 0 and below 1, got ${beta}`);
    }
  }
  const averaged = (average: Tensor, value: Tensor, beta: number) =>
    add(mul(average, beta), mul(value, 1 - beta));
  return optimizerOf({
    moments: ["m"],
    at: (rate) => (one) => {
      const m = one.moments[0]!;
      const direction = sign(averaged(m, one.gradient, beta1));
      return {
        param: sub(decayedParameter(one, rate), mul(rate, direction)),
        moments: [averaged(m, one.gradient, beta2)],
      };
    },
  }, options);
}
