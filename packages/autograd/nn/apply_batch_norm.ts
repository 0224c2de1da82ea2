/**
 * Batch norm on state dictionaries.
 * @module
 */
import { batchNorm } from "./batch_norm.ts";
import { add, mul, sub, type Tensor } from "@gasp/tensor";
import { getTensor, type StateDict } from "./state_dict.ts";

/**
 * `train` normalises by batch statistics and updates the running ones; `eval` normalises by the running ones.
 *
 * @category Layers
 */
export type Mode = "train" | "eval";

/**
 * Parameters and running statistics of a network, or of a part of it; a tree, for programs to accept and return.
 *
 * @category Layers
 */
export type NetworkState = {
  /** Trainable parameters. */
  readonly params: StateDict;
  /** Running statistics: `….running_mean` and `….running_var`. */
  readonly statistics: StateDict;
};

/**
 * Result of a layer.
 *
 * @category Layers
 */
export type LayerResult = {
  /** Its output. */
  readonly features: Tensor;
  /** Updated running statistics of the layer, by name. */
  readonly statistics: StateDict;
};

/** Weight of the batch statistics in the update of the running ones. */
const MOMENTUM = 0.1;

/**
 * Options of {@link applyBatchNorm}.
 *
 * @category Layers
 */
export interface ApplyBatchNormOptions {
  /** Training or evaluation. */
  readonly mode: Mode;
  /** f32, multiplicity of each row. Default: 1. */
  readonly counts?: Tensor;
  /** Number of copies of the rows in the batch of a rank. Default: 1. */
  readonly copies?: number;
  /** Whether every rank has rows of its own, or all the same. Default: `own`. */
  readonly rows?: "own" | "same";
  /** Bias of the preceding affine map that was not added, since batch norm cancels it. Default: none. */
  readonly inputBias?: Tensor;
}

/**
 * Applies batch norm to the last axis with the tensors of a name.
 *
 * @param x `[..., channels]`.
 * @param state Holds `NAME.weight`, `NAME.bias`, `NAME.running_mean` and `NAME.running_var`, each `[channels]`.
 * @param name For example `batchnorm`.
 * @param options Mode, counts and a bias not added.
 *
 * @example
 * ```ts
 * import { applyBatchNorm } from "@gasp/autograd";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const params = { "norm.weight": tensor([1]), "norm.bias": tensor([0]) };
 * const statistics = { "norm.running_mean": tensor([2]), "norm.running_var": tensor([1]) };
 * const { features } = applyBatchNorm(tensor([[5]]), { params, statistics }, "norm", { mode: "eval" });
 * assertAlmostEquals((await (await evaluate(features)).data())[0]!, 3, 1e-4);
 * ```
 *
 * @category Layers
 */
export function applyBatchNorm(
  x: Tensor,
  { params, statistics }: NetworkState,
  name: string,
  options: ApplyBatchNormOptions,
): LayerResult {
  const { output, runningMean, runningVar } = batchNorm(x, {
    weight: getTensor(params, `${name}.weight`),
    bias: getTensor(params, `${name}.bias`),
    runningMean: getTensor(statistics, `${name}.running_mean`),
    runningVar: getTensor(statistics, `${name}.running_var`),
  }, { ...options, momentum: MOMENTUM });
  return {
    features: output,
    statistics: { [`${name}.running_mean`]: runningMean, [`${name}.running_var`]: runningVar },
  };
}

/**
 * Repeats an update of the running statistics by the same batch statistics, without recomputing those: with
 * `after = 0.9 before + 0.1 batch`, the next update is `after + 0.9 (after - before)`.
 *
 * @param before Statistics before the first update; may contain others.
 * @param after Statistics after the first update.
 * @returns Statistics under the names of `after`.
 * @category Layers
 *
 * @example With a momentum of 0.1, two updates by a batch mean of 1 lead from 0 to 0.19
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { repeatRunningUpdate } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const before = { "norm.running_mean": tensor([0]) }, after = { "norm.running_mean": tensor([0.1]) };
 * const twice = repeatRunningUpdate(before, after);
 * const [mean] = await (await evaluate(twice["norm.running_mean"]!)).data();
 * assertAlmostEquals(mean!, 0.19, 1e-6);
 * ```
 */
export function repeatRunningUpdate(before: StateDict, after: StateDict): StateDict {
  const entries = Object.entries(after).map(([name, updated]) => {
    const step = sub(updated, getTensor(before, name));
    return [name, add(updated, mul(step, 1 - MOMENTUM))] as const;
  });
  return Object.fromEntries(entries);
}
