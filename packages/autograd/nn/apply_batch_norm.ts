/**
 * Batch norm on flat records.
 * @module
 */
import { batchNorm } from "./batch_norm.ts";
import { add, mul, sub, type Tensor } from "@gasp/tensor";
import { getTensor, type StateDict } from "./state_dict.ts";

/** `train`: by the statistics of the batch, which update the running ones. `eval`: by the running ones. */
export type Mode = "train" | "eval";

/** Parameters and running statistics of a network, or of a part of it; a tree, so that programs take and return it. */
export type NetworkState = {
  /** Trained tensors. */
  readonly params: StateDict;
  /** Running statistics: `….running_mean` and `….running_var`. */
  readonly statistics: StateDict;
};

/** What a layer returns. */
export type LayerResult = {
  /** Its output. */
  readonly features: Tensor;
  /** The next running statistics, by the same names as the ones passed; only those that the layer has. */
  readonly statistics: StateDict;
};

/** Share of the new statistics in the running ones. */
const MOMENTUM = 0.1;

/** Options of {@link applyBatchNorm}. */
export interface ApplyBatchNormOptions {
  /** Which statistics normalise. */
  readonly mode: Mode;
  /** f32, one per row: how often it occurs. Default: once. */
  readonly counts?: Tensor;
  /** How many copies of the rows the batch really holds. Default: 1. */
  readonly copies?: number;
  /** Bias of the affine map before, which was not added: batch norm takes it away again. Default: none. */
  readonly inputBias?: Tensor;
}

/**
 * Batch norm of the last axis with the tensors of one name.
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
 * Running statistics after the same batch statistics came a second time, without computing those again: with
 * `after = 0.9 before + 0.1 batch`, the next step is `after + 0.9 (after - before)`.
 *
 * @param before Statistics before the first update; it may hold others too.
 * @param after Statistics after it.
 * @returns Statistics by the names of `after`.
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
