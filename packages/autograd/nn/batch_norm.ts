/**
 * Batch normalisation (Ioffe & Szegedy, 2015) of the last axis, with PyTorch's conventions: the biased variance
 * normalises, the unbiased one updates the running statistics.
 * @module
 */
import {
  add,
  allMean,
  allReduce,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  rankCount,
  type Shape,
  showShape,
  sizeOf,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@gasp/tensor";
import { checkFinite, checkType, checkWhole } from "@gasp/tensor/compiler";

/**
 * Parameters and running statistics, named as in PyTorch; each `[channels]`.
 *
 * @category Layers
 */
export type BatchNormParams = {
  /** Scale γ. */
  readonly weight: Tensor;
  /** Shift β. */
  readonly bias: Tensor;
  /** Running mean, used in evaluation. */
  readonly runningMean: Tensor;
  /** Running unbiased variance, used in evaluation. */
  readonly runningVar: Tensor;
};

/**
 * Options of {@link batchNorm}.
 *
 * @category Layers
 */
export interface BatchNormOptions {
  /** `train` normalises by batch statistics and updates the running ones; `eval` normalises by the running ones. */
  readonly mode: "train" | "eval";
  /** Added to the variance. Default: 1e-5. */
  readonly eps?: number;
  /** Weight of the batch statistics in the update of the running ones. Default: 0.1. */
  readonly momentum?: number;
  /**
   * Multiplicity of each row, f32, of the leading axes of `x`: values, statistics and derivatives are those of the
   * batch with rows repeated accordingly. Default: 1.
   */
  readonly counts?: Tensor;
  /** Number of copies of `x` in the batch of a rank; it only affects the unbiased variance. Default: 1. */
  readonly copies?: number;
  /**
   * In a program of several ranks, whether each has rows of its `own`, so that statistics are those of all ranks' rows;
   * or all ranks have the `same` rows, so that there is nothing to exchange. Default: `own`.
   */
  readonly rows?: "own" | "same";
  /**
   * `[channels]`. Bias of the preceding layer that was not added to `x`. In training it cancels, so it only shifts the
   * running mean and has no gradient; in evaluation it is added. Default: none.
   */
  readonly inputBias?: Tensor;
}

/**
 * Result of {@link batchNorm}.
 *
 * @category Layers
 */
export type BatchNormResult = {
  /** Normalised, scaled and shifted; of the shape of `x`. */
  readonly output: Tensor;
  /** The updated running mean; unchanged in `eval`. */
  readonly runningMean: Tensor;
  /** The updated running variance; unchanged in `eval`. */
  readonly runningVar: Tensor;
};

/**
 * `y = (x - mean) / √(var + eps) · weight + bias` per channel, over all rows: in a program of several ranks, over those of
 * all ranks.
 *
 * @param x `[..., channels]`.
 * @param params Parameters and running statistics, each `[channels]`.
 * @param options Mode, constants, row counts.
 * @returns The output and the updated running statistics.
 * @throws {RangeError} If shapes do not match, or there is only one row in training.
 *
 * @example
 * ```ts
 * import { batchNorm, initBatchNorm } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const { output, runningMean } = batchNorm(tensor([[1], [3]]), initBatchNorm(1), { mode: "train", eps: 0 });
 * assertEquals([...await (await evaluate(output)).data()], [-1, 1]);
 * assertEquals([...await (await evaluate(runningMean)).data()], [0.2]); // 0.9 · 0 + 0.1 · 2
 * ```
 *
 * @category Layers
 */
export function batchNorm(x: Tensor, params: BatchNormParams, options: BatchNormOptions): BatchNormResult {
  checkOptions(x, options);
  checkShapes(x, params, options);
  return options.mode === "train"
    ? normaliseBatch(x, params, options)
    : normaliseByRunning(x, params, options);
}

/**
 * Batch statistics about a constant centre c, the value of the mean. Two passes, since `E[x²] - E[x]²` cancels in
 * f32. The drift `d = mean - c` is zero, but its derivative is that of the mean. For any constant c,
 * `var = E[(x - c)²] - d²` exactly, so derivatives of every order are correct; and because c is constant, derivatives
 * need no additional sum over rows for the mean inside `x - mean`.
 */
interface Statistics {
  /** `[channels]`. */
  readonly mean: Tensor;
  /** `x - c`, of the shape of `x`. */
  readonly centred: Tensor;
  /** `d`, `[channels]`. */
  readonly drift: Tensor;
  /** Biased, `[channels]`. */
  readonly variance: Tensor;
  /** `n / (n - 1)`, where n is the number of rows, with multiplicity. */
  readonly unbiased: Tensor | number;
}

function statistics(x: Tensor, { counts, copies = 1, rows = "own" }: BatchNormOptions): Statistics {
  const copiesOfAll = copies * rankCount();
  const { average, unbiased } = rows === "same"
    ? counts ? countedRows(counts, copiesOfAll, unchanged) : rowsOf(x.shape, copiesOfAll, unchanged)
    : counts
    ? countedRows(counts, copies, allReduce)
    : rowsOf(x.shape, copiesOfAll, allMean);
  const mean = average(x);
  const centre = stopGradient(mean);
  const centred = sub(x, centre), drift = sub(mean, centre);
  const variance = sub(average(square(centred)), square(drift));
  return { mean, centred, drift, variance, unbiased };
}

/** Average over rows, `[..., channels] → [channels]`, and `n / (n - 1)`. */
interface Rows {
  readonly average: (x: Tensor) => Tensor;
  readonly unbiased: Tensor | number;
}

type Exchange = (x: Tensor) => Tensor;

const unchanged: Exchange = (x) => x;

/** @param copies Rows of the whole batch for each row of a rank. @param average Averages means over the ranks. */
function rowsOf(shape: Shape, copies: number, average: Exchange): Rows {
  const axes = shape.slice(0, -1).map((_, axis) => axis);
  const rows = sizeOf(shape.slice(0, -1)) * copies;
  if (rows === 1) {
    throw new RangeError(
      `batchNorm in training needs more than one row, got ${showShape(shape)}: use mode "eval"`,
    );
  }
  return { average: (x) => average(mean(x, { axes })), unbiased: rows / (rows - 1) };
}

/** @param copies Copies of all rows in the batch. @param all Sums over the ranks. */
function countedRows(counts: Tensor, copies: number, all: Exchange): Rows {
  const axes = counts.shape.map((_, axis) => axis);
  const total = all(sum(counts));
  const share = expandDims(div(counts, total), -1);
  const rows = mul(total, copies);
  return {
    average: (x) => all(sum(mul(x, share), { axes })),
    unbiased: div(rows, maximum(sub(rows, 1), 1)),
  };
}

function normaliseBatch(x: Tensor, params: BatchNormParams, options: BatchNormOptions): BatchNormResult {
  const { eps = 1e-5, momentum = 0.1, inputBias } = options;
  const { mean, centred, drift, variance, unbiased } = statistics(x, options);
  // On [channels], so that each element costs one multiply-add
  const scale = div(params.weight, sqrt(add(variance, eps)));
  const shift = sub(params.bias, mul(drift, scale));
  const blend = (running: Tensor, batch: Tensor) => add(mul(running, 1 - momentum), mul(batch, momentum));
  return {
    output: add(mul(centred, scale), shift),
    runningMean: blend(params.runningMean, inputBias ? add(mean, inputBias) : mean),
    runningVar: blend(params.runningVar, mul(variance, unbiased)),
  };
}

function normaliseByRunning(x: Tensor, params: BatchNormParams, options: BatchNormOptions): BatchNormResult {
  const { weight, bias, runningMean, runningVar } = params;
  const { eps = 1e-5, inputBias } = options;
  const scale = div(weight, sqrt(add(runningVar, eps)));
  const centre = inputBias ? sub(runningMean, inputBias) : runningMean;
  return { output: add(mul(sub(x, centre), scale), bias), runningMean, runningVar };
}

function checkOptions(
  x: Tensor,
  { mode, eps = 0, momentum = 0, counts, copies = 1 }: BatchNormOptions,
): void {
  for (const one of counts ? [x, counts] : [x]) checkType("batchNorm()", one, ["f32"]);
  if (mode !== "train" && mode !== "eval") {
    throw new RangeError(`batchNorm(): the mode must be "train" or "eval", got ${String(mode)}`);
  }
  checkFinite("batchNorm()", "eps", eps, 0);
  checkFinite("batchNorm()", "momentum", momentum, 0, 1);
  checkWhole("batchNorm()", "the number of copies", copies, 1);
}

function checkShapes(x: Tensor, params: BatchNormParams, { counts, inputBias }: BatchNormOptions): void {
  const channels = [x.shape.at(-1) ?? 0], lead = x.shape.slice(0, -1);
  const check = (name: string, value: Tensor | undefined, shape: Shape) => {
    if (!value || showShape(value.shape) === showShape(shape)) return;
    throw new RangeError(
      `batchNorm of ${showShape(x.shape)} needs ${name} of shape ${showShape(shape)}, got ${
        showShape(value.shape)
      }`,
    );
  };
  for (const name of ["weight", "bias", "runningMean", "runningVar"] as const) {
    check(name, params[name], channels);
  }
  check("inputBias", inputBias, channels);
  check("counts", counts, lead);
}
