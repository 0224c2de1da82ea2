/**
 * Adam (Kingma & Ba, 2015), with the arithmetic of PyTorch's:
 *
 *     m ← β₁ m + (1 - β₁) g        v ← β₂ v + (1 - β₂) g²
 *     p ← p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 *
 * and AdamW (Loshchilov & Hutter, 2019), which subtracts `η λ p` first.
 * @module
 */
import {
  add,
  div,
  expm1,
  mul,
  neg,
  rsqrt,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import {
  decayedParameter,
  type LearningRateOptions,
  type Optimizer,
  optimizerOf,
  type WeightDecayOptions,
} from "./optimizer.ts";

/**
 * Decay rates of the two moments: β₁ and β₂, each in [0, 1).
 *
 * @category Optimisers
 */
export type Betas = readonly [beta1: number, beta2: number];

const BETAS: Betas = [0.9, 0.999];
const EPSILON = 1e-8;

/**
 * Options of {@link adam}.
 *
 * @category Optimisers
 */
export interface AdamOptions extends LearningRateOptions {
  /** Decay rates of the moments. Default: 0.9 and 0.999. */
  readonly betas?: Betas;
  /** ε, added outside the square root. Default: 1e-8. */
  readonly eps?: number;
}

/**
 * Options of {@link adamW}.
 *
 * @category Optimisers
 */
export type AdamWOptions = AdamOptions & WeightDecayOptions;

/**
 * Adam.
 *
 * @param options Learning rate and constants.
 * @returns The optimiser; its moments are `m` and `v`.
 * @throws {RangeError} If a β is not in [0, 1).
 *
 * @example A compiled training step
 * ```ts
 * import { assertLess } from "@std/assert";
 * import { adam, type OptimizerState, valueAndGrad } from "@gasp/autograd";
 * import { compile, openDevice, square, sub, sum, tensor, type Tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const optimizer = adam({ learningRate: 0.1 });
 * const loss = (x: Tensor, target: Tensor) => sum(square(sub(x, target)));
 * using step = compile((x: Tensor, state: OptimizerState<Tensor>, target: Tensor) => {
 *   const { value, gradient } = valueAndGrad(loss)(x, target);
 *   return { value, ...optimizer.update(x, gradient, state) };
 * }, { device, donateArgnums: [0, 1] });
 *
 * let params = tensor([0, 0]), state = optimizer.init(params), last = Infinity;
 * for (let i = 0; i < 100; i++) {
 *   const result = await step(params, state, [1, -1]);
 *   ({ params, state } = result);
 *   last = (await result.value.data())[0]!;
 *   result.value.dispose();
 * }
 * assertLess(last, 1e-2);
 * ```
 *
 * @category Optimisers
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamW({ ...options, weightDecay: 0 });
}

/**
 * Adam with decoupled weight decay.
 *
 * @param options Learning rate, weight decay and constants. Default of the weight decay: 0.01.
 * @returns The optimiser; its moments are `m` and `v`.
 * @throws {RangeError} If a β is not in [0, 1).
 *
 * @example Warm-up, cosine decay, and no weight decay of biases
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { adamW, cosineDecay, linearWarmup } from "@gasp/autograd/optim";
 * import { tensor } from "@gasp/tensor";
 *
 * const optimizer = adamW({
 *   learningRate: linearWarmup(cosineDecay({ from: 1e-3, steps: 10_000 }), { steps: 500 }),
 *   weightDecay: 0.1,
 *   decays: (_, shape) => shape.length > 1,
 * });
 * const { moments } = optimizer.init({ weight: tensor([[1, 2]]), bias: tensor([0]) });
 * assertEquals(Object.keys(moments), ["m", "v"]);
 * ```
 *
 * @category Optimisers
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { betas = BETAS, eps = EPSILON, weightDecay = 0.01 } = options;
  checkBetas(betas);
  return optimizerOf({
    moments: ["m", "v"],
    at(rate, count) {
      const sizes = {
        stepSize: div(rate, oneMinusPower(betas[0], count)),
        rootScale: rsqrt(oneMinusPower(betas[1], count)),
      };
      return (one) => {
        const [m, v] = one.moments as [Tensor, Tensor];
        const next = adamUpdate(decayedParameter(one, rate), one.gradient, m, v, sizes, { betas, eps });
        return { param: next.param, moments: [next.m, next.v] };
      };
    },
  }, { ...options, weightDecay });
}

/** `1 - βᵗ` without cancellation. */
function oneMinusPower(beta: number, count: Tensor): Tensor {
  return beta === 0 ? scalar(1) : neg(expm1(mul(count, Math.log(beta))));
}

function checkBetas(betas: Betas): void {
  if (betas.every((beta) => beta >= 0 && beta < 1)) return;
  throw new RangeError(`the betas of Adam must be at least 0 and below 1, got ${betas.join(" and ")}`);
}

/**
 * Step-dependent factors as tensors of shape `[]`, so that one program serves all steps.
 *
 * @category Optimisers
 */
export type AdamStepSizes = {
  /** `η / (1 - β₁ᵗ)`. */
  readonly stepSize: Tensor;
  /** `1 / √(1 - β₂ᵗ)`. */
  readonly rootScale: Tensor;
};

/**
 * Computes the step-dependent factors of {@link adamUpdate} in double precision on the host.
 *
 * @param step Step count, from 1.
 * @param learningRate Learning rate η.
 * @param betas Decay rates of the moments, the same as for {@link adamUpdate}.
 * @returns Concrete tensors of shape `[]`.
 * @throws {RangeError} If the step is not an integer from 1, or a β is not in [0, 1).
 * @category Optimisers
 *
 * @example The first step is as long as the learning rate, whatever the gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { adamStepSizes } from "@gasp/autograd/optim";
 *
 * const { stepSize, rootScale } = adamStepSizes(1, 0.5, [0.5, 0.75]);
 * assertEquals((await stepSize.data())[0], 1); // 0.5 / (1 - 0.5)
 * assertEquals((await rootScale.data())[0], 2); // 1 / √(1 - 0.75)
 * ```
 */
export function adamStepSizes(step: number, learningRate: number, betas: Betas): AdamStepSizes {
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`the step of Adam must be an integer from 1, got ${step}`);
  }
  checkBetas(betas);
  const host = (value: number) => tensor(new Float64Array([value]), []);
  return {
    stepSize: host(learningRate / (1 - betas[0] ** step)),
    rootScale: host(1 / Math.sqrt(1 - betas[1] ** step)),
  };
}

/**
 * Constants of {@link adamUpdate}.
 *
 * @category Optimisers
 */
export interface AdamConstants {
  /** Decay rates of the moments. */
  readonly betas: Betas;
  /** ε, added outside the square root. Default: 1e-8. */
  readonly eps?: number;
}

/**
 * Computes one Adam step of one parameter, for custom state layouts; otherwise use {@link adam}.
 *
 * @param param Parameter.
 * @param gradient Its gradient; this and the moments have its shape.
 * @param m First moment: moving average of the gradient.
 * @param v Second moment: moving average of its square.
 * @param sizes From {@link adamStepSizes}.
 * @param constants The betas that the step sizes were computed with, and ε.
 * @returns The next parameter and moments.
 * @category Optimisers
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { adamStepSizes, adamUpdate } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const betas = [0.9, 0.999] as const, zero = tensor([0]);
 * const next = adamUpdate(tensor([1]), tensor([25]), zero, zero, adamStepSizes(1, 0.1, betas), { betas });
 * const { param } = await evaluate(next);
 * assertAlmostEquals((await param.data())[0]!, 0.9, 1e-6); // the first step is as long as the learning rate
 * ```
 */
export function adamUpdate(
  param: Tensor,
  gradient: Tensor,
  m: Tensor,
  v: Tensor,
  sizes: AdamStepSizes,
  { betas: [beta1, beta2], eps = EPSILON }: AdamConstants,
): { param: Tensor; m: Tensor; v: Tensor } {
  const nextM = add(mul(m, beta1), mul(gradient, 1 - beta1));
  const nextV = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
  const root = add(mul(sqrt(nextV), sizes.rootScale), eps);
  return { param: sub(param, mul(sizes.stepSize, div(nextM, root))), m: nextM, v: nextV };
}
