/**
 * Adam (Kingma & Ba, 2015) as PyTorch computes it, as tensor expressions: one fused kernel per parameter.
 *
 * With gradient g, moments m and v, and step t = 1, 2, …:
 * `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`,
 * `p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`.
 * @module
 */
import {
  add,
  div,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
  treeMap,
  treeUnflatten,
} from "@gasp/tensor";

/** Decay of the two moments: β₁ and β₂. */
export type Betas = readonly [beta1: number, beta2: number];

/** The decay rates of the reference implementation of GASP. */
export const GAN_BETAS: Betas = [0.5, 0.999];

/** Constants of Adam that are part of the compiled program. */
export interface AdamOptions {
  /** Decay of the moments. Default: 0.5 and 0.999. */
  readonly betas?: Betas;
  /** ε, added outside the root. Default: 1e-8. */
  readonly eps?: number;
}

/** What changes from step to step, as tensors of shape `[]`, so that one program serves all steps. */
export type AdamStepSizes = {
  /** `lr / (1 - β₁ᵗ)`. */
  readonly stepSize: Tensor;
  /** `1 / √(1 - β₂ᵗ)`. */
  readonly rootScale: Tensor;
};

/** Moments of the gradient; each a tree like the parameters. */
export type AdamState<T extends Tree> = {
  /** Decayed mean of the gradient. */
  readonly m: T;
  /** Decayed mean of its square. */
  readonly v: T;
};

/**
 * The scalars of one step, computed in double precision on the host.
 *
 * @param step Number of the step, from 1.
 * @param learningRate Learning rate.
 * @param betas Decay of the moments. Default: 0.5 and 0.999.
 * @returns Concrete tensors of shape `[]`.
 * @throws {RangeError} If the step is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { adamStepSizes } from "@gasp/autograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { stepSize } = adamStepSizes(1, 0.1, [0.5, 0.999]);
 * assertAlmostEquals((await stepSize.data())[0]!, 0.2, 1e-6);
 * ```
 */
export function adamStepSizes(step: number, learningRate: number, betas: Betas = GAN_BETAS): AdamStepSizes {
  if (!Number.isInteger(step) || step < 1) throw new RangeError(`Adam counts steps 1, 2, …, got ${step}`);
  const scalar = (value: number) => tensor(new Float64Array([value]), []);
  return {
    stepSize: scalar(learningRate / (1 - betas[0] ** step)),
    rootScale: scalar(1 / Math.sqrt(1 - betas[1] ** step)),
  };
}

/**
 * One step for one parameter.
 *
 * @param param The parameter.
 * @param gradient Its gradient; this and the rest have its shape.
 * @param m Decayed mean of the gradient.
 * @param v Decayed mean of its square.
 * @param scalars From {@link adamStepSizes}.
 * @param options Constants.
 * @returns The next parameter and moments.
 */
export function adamUpdate(
  param: Tensor,
  gradient: Tensor,
  m: Tensor,
  v: Tensor,
  scalars: AdamStepSizes,
  options: AdamOptions = {},
): { param: Tensor; m: Tensor; v: Tensor } {
  const { betas: [beta1, beta2] = GAN_BETAS, eps = 1e-8 } = options;
  const nextM = add(mul(m, beta1), mul(gradient, 1 - beta1));
  const nextV = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
  const root = add(mul(sqrt(nextV), scalars.rootScale), eps);
  return { param: sub(param, mul(scalars.stepSize, div(nextM, root))), m: nextM, v: nextV };
}

/**
 * Moments before the first step.
 *
 * @param params A tree of parameters.
 * @returns Concrete zeros.
 *
 * @example
 * ```ts
 * import { adamInit } from "@gasp/autograd";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const { m } = adamInit({ weight: tensor([[1, 2]]) });
 * assertEquals([...await m.weight.data()], [0, 0]);
 * ```
 */
export function adamInit<T extends Tree>(params: T): AdamState<T> {
  const nothing = () => treeMap(params, (leaf) => tensor(new Float32Array(leaf.size), leaf.shape));
  return { m: nothing(), v: nothing() };
}

/**
 * One step for a tree of parameters.
 *
 * @param params The parameters.
 * @param gradient A tree like them.
 * @param state Their moments.
 * @param scalars From {@link adamStepSizes}.
 * @param options Constants.
 * @returns The next parameters and moments.
 *
 * @example The first step has the size of the learning rate
 * ```ts
 * import { adamInit, adamStep, adamStepSizes } from "@gasp/autograd";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const params = { x: tensor([1]) }, gradient = { x: tensor([5]) };
 * const next = adamStep(params, gradient, adamInit(params), adamStepSizes(1, 0.1));
 * assertAlmostEquals((await (await evaluate(next.params.x)).data())[0]!, 0.9, 1e-6);
 * ```
 */
export function adamStep<T extends Tree>(
  params: T,
  gradient: T,
  state: AdamState<T>,
  scalars: AdamStepSizes,
  options: AdamOptions = {},
): { params: T; state: AdamState<T> } {
  const [gradients, m, v] = [gradient, state.m, state.v].map(treeLeaves) as [Tensor[], Tensor[], Tensor[]];
  const next = treeLeaves(params).map((param, i) =>
    adamUpdate(param, gradients[i]!, m[i]!, v[i]!, scalars, options)
  );
  const tree = (leaves: Tensor[]) => treeUnflatten(params, leaves);
  return {
    params: tree(next.map((leaf) => leaf.param)),
    state: { m: tree(next.map((leaf) => leaf.m)), v: tree(next.map((leaf) => leaf.v)) },
  };
}
