/**
 * The common part of optimisers: pure functions of trees, which can be compiled together with the gradient. The step
 * count is a tensor in the state, so that one program serves all steps.
 * @module
 */
import {
  add,
  cast,
  mul,
  scalar,
  type Shape,
  showShape,
  sub,
  type Tensor,
  tensor,
  type Tree,
  treeLeaves,
  treePaths,
  treeUnflatten,
} from "@gasp/tensor";
import { checkFinite } from "@gasp/tensor/compiler";
import type { Schedule } from "./schedule.ts";

/**
 * The state of an optimiser: a tree that can be compiled, donated and stored like parameters.
 *
 * @category Optimisers
 */
export type OptimizerState<T extends Tree> = {
  /** Number of completed steps, i32, shape `[]`. */
  readonly step: Tensor;
  /** Moving averages by name, each a tree like the parameters; empty for plain gradient descent. */
  readonly moments: { readonly [name: string]: T };
};

/**
 * The result of a step.
 *
 * @category Optimisers
 */
export type Updated<T extends Tree> = {
  /** The next parameters. */
  readonly params: T;
  /** The next state. */
  readonly state: OptimizerState<T>;
};

/**
 * An optimiser: {@link sgd}, {@link adam}, {@link adamW}, {@link rmsprop}, {@link lion}.
 *
 * @category Optimisers
 */
export interface Optimizer {
  /**
   * Returns the state before the first step.
   *
   * @param params A tree of f32 tensors; only their shapes matter.
   * @returns Concrete zeros on the host.
   */
  init<T extends Tree>(params: T): OptimizerState<T>;
  /**
   * Computes one step.
   *
   * @param params Parameters.
   * @param gradients A tree like the parameters.
   * @param state State of the optimiser.
   * @param learningRate Learning rate of this step. Default: that of the options.
   * @returns The next parameters and state: graphs, to be evaluated or compiled.
   * @throws {RangeError} If the gradients do not match the parameters; the message names the path.
   * @throws {TypeError} If there is no learning rate, here or in the options.
   */
  update<T extends Tree>(
    params: T,
    gradients: T,
    state: OptimizerState<T>,
    learningRate?: Tensor | number,
  ): Updated<T>;
}

/**
 * Options common to all optimisers.
 *
 * @category Optimisers
 */
export interface LearningRateOptions {
  /**
   * A number, or a function of the number of completed steps, such as {@link cosineDecay}. Default: none; it must then
   * be passed to each `update()`.
   */
  readonly learningRate?: number | Schedule;
}

/**
 * Options of weight decay.
 *
 * @category Optimisers
 */
export interface WeightDecayOptions {
  /** Strength of the weight decay. Default: 0, and 0.01 for {@link adamW}. */
  readonly weightDecay?: number;
  /**
   * Selects the parameters that decay by path, `layers/0/weight`, and shape. Default: all. Biases and scales are often
   * excluded: `(_, shape) => shape.length > 1`.
   */
  readonly decays?: (path: string, shape: Shape) => boolean;
}

/** One parameter within a step. */
export interface ParameterStep {
  /** The parameter; the gradient and the moments have its shape. */
  readonly param: Tensor;
  /** Its gradient. */
  readonly gradient: Tensor;
  /** Its moments, in the order of {@link OptimizerRule.moments}. */
  readonly moments: readonly Tensor[];
  /** Strength of the weight decay; 0 for parameters that do not decay. */
  readonly weightDecay: number;
}

/** The update rule for one parameter. */
export type ParameterRule = (
  one: ParameterStep,
) => { readonly param: Tensor; readonly moments: readonly Tensor[] };

/** An optimiser, defined by its update rule for one parameter. */
export interface OptimizerRule {
  /** Names of the moments. */
  readonly moments: readonly string[];
  /**
   * Returns the update rule of one step.
   *
   * @param rate Learning rate, f32, shape `[]`.
   * @param count Step count, from 1, f32, shape `[]`.
   */
  at(rate: Tensor, count: Tensor): ParameterRule;
}

/**
 * Creates an optimiser for trees from an update rule for one parameter.
 *
 * @param rule Update rule.
 * @param options Learning rate and weight decay.
 */
export function optimizerOf(
  rule: OptimizerRule,
  options: LearningRateOptions & WeightDecayOptions,
): Optimizer {
  const { weightDecay = 0, decays = () => true, learningRate: rate = 0 } = options;
  if (typeof rate === "number") checkFinite("an optimiser", "the learning rate", rate, 0);
  checkFinite("an optimiser", "the weight decay", weightDecay, 0);
  return {
    init: (params) => ({
      step: tensor(Int32Array.of(0), []),
      moments: Object.fromEntries(rule.moments.map((name) => [name, zerosLikeTree(params)] as const)),
    }),
    update(params, gradients, state, learningRate) {
      const rate = rateOf(learningRate ?? options.learningRate, state.step);
      const trees = [gradients, ...rule.moments.map((name) => momentOf(state, name))];
      const columns = trees.map((tree) => leavesLike(params, tree));
      const step = rule.at(rate, cast(add(state.step, 1), "f32"));
      const next = [...treePaths(params)].map(([path, param], i) => {
        const [gradient, ...moments] = columns.map((column) => column[i]!);
        const decay = weightDecay !== 0 && decays(path, param.shape) ? weightDecay : 0;
        return step({ param, gradient: gradient!, moments, weightDecay: decay });
      });
      const moments = rule.moments.map((name, k) =>
        [name, treeUnflatten(params, next.map(({ moments }) => moments[k]!))] as const
      );
      return {
        params: treeUnflatten(params, next.map(({ param }) => param)),
        state: { step: add(state.step, 1), moments: Object.fromEntries(moments) },
      };
    },
  };
}

function momentOf<T extends Tree>({ moments }: OptimizerState<T>, name: string): T {
  const moment = moments[name];
  if (moment) return moment;
  const known = Object.keys(moments).join(", ") || "none";
  throw new RangeError(`the state has no moments '${name}', but ${known}: it belongs to another optimiser`);
}

function rateOf(rate: Tensor | number | Schedule | undefined, step: Tensor): Tensor {
  if (rate === undefined) {
    throw new TypeError(
      "there is no learning rate: set `learningRate` in the options, or pass it to update()",
    );
  }
  if (typeof rate === "function") return rate(step);
  return typeof rate === "number" ? scalar(rate) : rate;
}

function zerosLikeTree<T extends Tree>(tree: T): T {
  const zeros = treeLeaves(tree).map(({ size, shape }) => tensor(new Float32Array(size), shape));
  return treeUnflatten(tree, zeros);
}

/**
 * Returns the leaves of a tree that must have the same structure as another.
 *
 * @param like Reference tree.
 * @param tree A tree with the same paths and shapes.
 * @throws {RangeError} If paths or shapes differ.
 */
export function leavesLike(like: Tree, tree: Tree): Tensor[] {
  const leaves = treePaths(tree), expected = treePaths(like);
  for (const path of leaves.keys()) {
    if (!expected.has(path)) {
      throw new RangeError(`there is a tensor at '${path}' that the parameters do not have`);
    }
  }
  return [...expected].map(([path, { shape }]) => {
    const leaf = leaves.get(path);
    if (!leaf) throw new RangeError(`there is no tensor at '${path}', where the parameters have one`);
    if (showShape(leaf.shape) === showShape(shape)) return leaf;
    throw new RangeError(
      `at '${path}' the shape is ${showShape(leaf.shape)}, but that of the parameter is ${showShape(shape)}`,
    );
  });
}

/**
 * Weight decay as L2 regularisation of the gradient: `g + λ p`.
 *
 * @param one A parameter.
 */
export function decayedGradient({ param, gradient, weightDecay }: ParameterStep): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, mul(param, weightDecay));
}

/**
 * Decoupled weight decay (Loshchilov & Hutter, 2019): `p - η λ p`.
 *
 * @param one A parameter.
 * @param rate η, shape `[]`.
 */
export function decayedParameter({ param, weightDecay }: ParameterStep, rate: Tensor): Tensor {
  return weightDecay === 0 ? param : sub(param, mul(mul(rate, weightDecay), param));
}
