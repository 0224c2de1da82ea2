/**
 * Stochastic gradient descent with momentum, as in PyTorch:
 *
 *     g ← g + λ p        b ← μ b + g        p ← p - η b,   with Nesterov's momentum p ← p - η (g + μ b)
 * @module
 */
import { add, mul, sub } from "@gasp/tensor";
import {
  decayedGradient,
  type LearningRateOptions,
  type Optimizer,
  optimizerOf,
  type WeightDecayOptions,
} from "./optimizer.ts";

/**
 * Options of {@link sgd}.
 *
 * @category Optimisers
 */
export interface SgdOptions extends LearningRateOptions, WeightDecayOptions {
  /** μ, in [0, 1). Default: 0. */
  readonly momentum?: number;
  /** Whether to use Nesterov's momentum. Default: false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent. Weight decay is added to the gradient.
 *
 * @param options Learning rate, momentum, weight decay.
 * @returns The optimiser; with momentum its moments are `velocity`.
 * @throws {RangeError} If the momentum is not in [0, 1), or is 0 with `nesterov`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sgd } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const optimizer = sgd({ learningRate: 0.5 });
 * const params = { x: tensor([1, 2]) };
 * const next = optimizer.update(params, { x: tensor([1, -1]) }, optimizer.init(params));
 * assertEquals([...await (await evaluate(next.params)).x.data()], [0.5, 2.5]);
 * ```
 *
 * @category Optimisers
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false } = options;
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(`momentum must be at least 0 and below 1, got ${momentum}`);
  }
  if (nesterov && momentum === 0) throw new RangeError("Nesterov's momentum needs a momentum above 0");
  if (momentum === 0) {
    return optimizerOf({
      moments: [],
      at: (rate) => (one) => ({ param: sub(one.param, mul(rate, decayedGradient(one))), moments: [] }),
    }, options);
  }
  return optimizerOf({
    moments: ["velocity"],
    at: (rate) => (one) => {
      const gradient = decayedGradient(one);
      const velocity = add(mul(one.moments[0]!, momentum), gradient);
      const direction = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
      return { param: sub(one.param, mul(rate, direction)), moments: [velocity] };
    },
  }, options);
}
