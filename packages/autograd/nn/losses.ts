/**
 * Loss functions, differentiable any number of times and numerically stable in logits.
 * @module
 */
import {
  abs,
  add,
  clamp,
  div,
  exp,
  expandDims,
  logSoftmax,
  mean,
  mul,
  neg,
  showShape,
  softplus,
  square,
  squeeze,
  sub,
  sum,
  takeAlongAxis,
  type Tensor,
} from "@gasp/tensor";
import { checkTensor, checkType } from "@gasp/tensor/compiler";

/**
 * Reduction of element-wise losses: mean, sum, or none.
 *
 * @category Losses
 */
export type Reduction = "mean" | "sum" | "none";

/**
 * Options of all losses.
 *
 * @category Losses
 */
export interface LossOptions {
  /** Reduction of element-wise losses. Default: `mean`. */
  readonly reduction?: Reduction;
}

function reduce(losses: Tensor, { reduction = "mean" }: LossOptions): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/** Rejects shapes that differ; a target of one column would otherwise broadcast silently. */
function checkSame(name: string, a: Tensor, b: Tensor): void {
  for (const one of [a, b]) checkType(name, one, ["f32"]);
  if (showShape(a.shape) === showShape(b.shape)) return;
  throw new RangeError(
    `${name} needs predictions and targets of one shape, got ${showShape(a.shape)} and ${showShape(b.shape)}`,
  );
}

/**
 * Squared error: `(x - y)²`.
 *
 * @param prediction f32.
 * @param target f32, of the shape of the prediction.
 * @param options Reduction.
 * @returns Scalar, or the shape of the prediction without a reduction.
 * @throws {RangeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mseLoss } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const loss = await evaluate(mseLoss(tensor([1, 2]), tensor([1, 4])));
 * assertEquals([...await loss.data()], [2]);
 * ```
 *
 * @category Losses
 */
export function mseLoss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkSame("mseLoss()", prediction, target);
  return reduce(square(sub(prediction, target)), options);
}

/**
 * Absolute error: `|x - y|`.
 *
 * @param prediction f32.
 * @param target f32, of the shape of the prediction.
 * @param options Reduction.
 * @returns Scalar, or the shape of the prediction without a reduction.
 * @throws {RangeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { l1Loss } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = await evaluate(l1Loss(tensor([1, 2]), tensor([1, 4]), { reduction: "sum" }));
 * assertEquals([...await loss.data()], [2]);
 * ```
 *
 * @category Losses
 */
export function l1Loss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkSame("l1Loss()", prediction, target);
  return reduce(abs(sub(prediction, target)), options);
}

/**
 * Options of {@link huberLoss}.
 *
 * @category Losses
 */
export interface HuberOptions extends LossOptions {
  /** δ, threshold between quadratic and linear loss; above 0. Default: 1. */
  readonly delta?: number;
}

/**
 * Huber's loss (1964): `d² / 2` where `d = |x - y|` is at most δ, else `δ (d - δ / 2)`.
 *
 * @param prediction f32.
 * @param target f32, of the shape of the prediction.
 * @param options δ and reduction.
 * @returns Scalar, or the shape of the prediction without a reduction.
 * @throws {RangeError} If the shapes differ or δ is not above 0.
 *
 * @example
 * ```ts
 * import { huberLoss } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = huberLoss(tensor([0.5, 3]), tensor([0, 0]), { reduction: "none" });
 * assertEquals([...await (await evaluate(losses)).data()], [0.125, 2.5]);
 * ```
 *
 * @category Losses
 */
export function huberLoss(prediction: Tensor, target: Tensor, options: HuberOptions = {}): Tensor {
  const { delta = 1 } = options;
  checkSame("huberLoss()", prediction, target);
  if (!(delta > 0)) throw new RangeError(`delta of huberLoss() must be above 0, got ${delta}`);
  // i (d - i / 2) with i = d clamped to [-δ, δ]: without |d|, the second derivative at d = 0 is 1
  const difference = sub(prediction, target), inner = clamp(difference, -delta, delta);
  return reduce(mul(inner, sub(difference, mul(inner, 0.5))), options);
}

/**
 * Options of {@link crossEntropyLoss}.
 *
 * @category Losses
 */
export interface CrossEntropyOptions extends LossOptions {
  /** Probability distributed uniformly over all classes, in [0, 1). Default: 0. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy of a categorical distribution: `-Σ_c y_c log softmax(x)_c`.
 *
 * @param logits f32, `[..., classes]`.
 * @param target Class indices, i32 or u32 `[...]`, or probabilities, f32 `[..., classes]`.
 * @param options Label smoothing and reduction.
 * @returns Scalar, or `[...]` without a reduction.
 * @throws {RangeError} If the shapes do not match or the label smoothing is out of range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { crossEntropyLoss } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const logits = tensor([[2, 0, 0], [0, 0, 0]]), labels = tensor(Int32Array.of(0, 2));
 * const [loss] = await (await evaluate(crossEntropyLoss(logits, labels))).data();
 * assertAlmostEquals(loss!, (Math.log(Math.exp(2) + 2) - 2 + Math.log(3)) / 2, 1e-6);
 * ```
 *
 * @category Losses
 */
export function crossEntropyLoss(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`labelSmoothing must be at least 0 and below 1, got ${labelSmoothing}`);
  }
  const logs = logSoftmax(logits);
  checkTensor("crossEntropyLoss()", target);
  const chosen = target.dtype === "f32" ? expectedLog(logs, target) : logOfClass(logs, target);
  if (labelSmoothing === 0) return reduce(neg(chosen), options);
  const even = mean(logs, { axes: -1 });
  return reduce(neg(add(mul(chosen, 1 - labelSmoothing), mul(even, labelSmoothing))), options);
}

function expectedLog(logs: Tensor, probabilities: Tensor): Tensor {
  checkSame("crossEntropyLoss() with probabilities", logs, probabilities);
  return sum(mul(logs, probabilities), { axes: -1 });
}

function logOfClass(logs: Tensor, classes: Tensor): Tensor {
  if (showShape(classes.shape) !== showShape(logs.shape.slice(0, -1))) {
    throw new RangeError(
      `crossEntropyLoss() needs logits [..., classes] and class indices [...], got ${
        showShape(logs.shape)
      } and ` +
        `${showShape(classes.shape)}`,
    );
  }
  return squeeze(takeAlongAxis(logs, expandDims(classes, -1), -1), -1);
}

/**
 * Cross-entropy of Bernoulli distributions: `-y log σ(x) - (1 - y) log(1 - σ(x))`.
 *
 * @param logits f32.
 * @param target Probabilities from 0 to 1, f32 of the same shape.
 * @param options Reduction.
 * @returns Scalar, or the shape of the logits without a reduction.
 * @throws {RangeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropyLoss } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = binaryCrossEntropyLoss(tensor([0, 100]), tensor([1, 1]));
 * assertAlmostEquals((await (await evaluate(loss)).data())[0]!, Math.LN2 / 2, 1e-6);
 * ```
 *
 * @category Losses
 */
export function binaryCrossEntropyLoss(logits: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkSame("binaryCrossEntropyLoss()", logits, target);
  const yes = mul(target, softplus(neg(logits))), no = mul(sub(1, target), softplus(logits));
  return reduce(add(yes, no), options);
}

/**
 * A normal distribution with diagonal covariance.
 *
 * @category Losses
 */
export type Gaussian = {
  /** f32, `[..., components]`. */
  readonly mean: Tensor;
  /** Logarithm of the variance, of the same shape. */
  readonly logVariance: Tensor;
};

/**
 * Kullback–Leibler divergence of normal distributions, `KL(p ‖ q)`, summed over the components; with one argument
 * relative to the standard normal distribution, as in variational autoencoders (Kingma & Welling, 2014):
 *
 *     ½ Σ (log σq² - log σp² + (σp² + (μp - μq)²) / σq² - 1)
 *
 * @param p A distribution.
 * @param q Reference distribution, of the same shape. Default: mean 0 and variance 1.
 * @returns `[...]`, nonnegative.
 * @throws {RangeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { gaussianKl } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const divergence = gaussianKl({ mean: tensor([[1, 2]]), logVariance: tensor([[0, 0]]) });
 * assertEquals([...await (await evaluate(divergence)).data()], [2.5]); // ½ (1² + 2²)
 * ```
 *
 * @category Losses
 */
export function gaussianKl(p: Gaussian, q?: Gaussian): Tensor {
  checkSame("gaussianKl()", p?.mean, p?.logVariance);
  const variance = exp(p.logVariance);
  if (!q) {
    const terms = sub(sub(add(variance, square(p.mean)), p.logVariance), 1);
    return mul(sum(terms, { axes: -1 }), 0.5);
  }
  checkSame("gaussianKl()", p.mean, q.mean);
  checkSame("gaussianKl()", q.mean, q.logVariance);
  const spread = div(add(variance, square(sub(p.mean, q.mean))), exp(q.logVariance));
  return mul(sum(sub(add(sub(q.logVariance, p.logVariance), spread), 1), { axes: -1 }), 0.5);
}
