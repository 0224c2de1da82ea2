/**
 * RMSprop (Tieleman & Hinton, 2012), as in PyTorch:
 *
 *     g ← g + λ p      v ← α v + (1 - α) g²      b ← μ b + g / (√v + ε)      p ← p - η b
 *
 * and in its centred form (Graves, 2013) with the variance of the gradient, `v - mean(g)²`, in place of v.
 * @module
 */
import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from "@gasp/tensor";
import {
  decayedGradient,
  type LearningRateOptions,
  type Optimizer,
  optimizerOf,
  type WeightDecayOptions,
} from "./optimizer.ts";

/**
 * Options of {@link rmsprop}.
 *
 * @category Optimisers
 */
export interface RmspropOptions extends LearningRateOptions, WeightDecayOptions {
  /** α, decay rate of the mean square, in [0, 1). Default: 0.99. */
  readonly decay?: number;
  /** ε, added outside the square root. Default: 1e-8. */
  readonly eps?: number;
  /** μ, in [0, 1). Default: 0. */
  readonly momentum?: number;
  /** Whether to normalise by the variance of the gradient rather than its mean square. Default: false. */
  readonly centered?: boolean;
}

/**
 * RMSprop. Weight decay is added to the gradient.
 *
 * @param options Learning rate, constants, weight decay.
 * @returns The optimiser; its moments are `square`, `mean` if centred and `velocity` with momentum.
 * @throws {RangeError} If α or μ is not in [0, 1).
 *
 * @example
 * ```ts
 * import { rmsprop } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = rmsprop({ learningRate: 0.01 }), params = tensor([1]);
 * const next = optimizer.update(params, tensor([5]), optimizer.init(params));
 * // The first mean square is 0.01 · 5², so the step is 0.01 / √0.01
 * assertAlmostEquals((await (await evaluate(next.params)).data())[0]!, 0.9, 1e-6);
 * ```
 *
 * @category Optimisers
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`the decay of RMSprop must be at least 0 and below 1, got ${decay}`);
  }
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(`momentum must be at least 0 and below 1, got ${momentum}`);
  }
  const names = ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["velocity"] : [])];
  const averaged = (average: Tensor, value: Tensor) => add(mul(average, decay), mul(value, 1 - decay));
  return optimizerOf({
    moments: names,
    at: (rate) => (one) => {
      const gradient = decayedGradient(one);
      const moment = (name: string) => one.moments[names.indexOf(name)]!;
      const meanSquare = averaged(moment("square"), square(gradient));
      const next = [meanSquare];
      let scale = meanSquare;
      if (centered) {
        const mean = averaged(moment("mean"), gradient);
        next.push(mean);
        // Rounding may make the variance negative
        scale = maximum(sub(meanSquare, square(mean)), 0);
      }
      let direction = div(gradient, add(sqrt(scale), eps));
      if (momentum > 0) next.push(direction = add(mul(moment("velocity"), momentum), direction));
      return { param: sub(one.param, mul(rate, direction)), moments: next };
    },
  }, options);
}
