/**
 * The non-saturating losses of the two networks, and the R1 penalty (Mescheder, Geiger & Nowozin, 2018) on the features of
 * point clouds: section 3.4 of the paper.
 * @module
 */
import { gradients } from "@gasp/autograd";
import {
  less,
  log,
  maximum,
  mean,
  mul,
  neg,
  scope,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@gasp/tensor";
import type { Scale } from "./config.ts";

/** Least logarithm in the cross-entropy on probabilities. */
const LEAST_LOG = -100;
/** The smallest normal float32; below it a probability counts as 0, since devices may flush it. */
const TINY = 2 ** -126;

/** `log p`, but -100 with derivative 0 where p is 0. */
function clampedLog(p: Tensor): Tensor {
  return where(less(p, TINY), LEAST_LOG, log(maximum(p, TINY)));
}

/**
 * Binary cross-entropy of logits with one target for the whole batch.
 *
 * @param logits Any shape.
 * @param target What the discriminator should say: `real` is probability 1, `fake` is 0.
 * @param scale `probability`: as the reference, from rounded probabilities with logarithms of at least -100, so that a
 *   discriminator that is certain gives no gradient. `logit`: the same function, computed without that loss of digits.
 * @returns The mean, shape `[]`.
 *
 * @example The logit 0 is a probability of a half
 * ```ts
 * import { crossEntropy } from "@gasp/gasp";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = await evaluate(crossEntropy(tensor([[0]]), "real", "logit"));
 * assertAlmostEquals((await loss.data())[0]!, Math.log(2), 1e-6);
 * ```
 */
export function crossEntropy(logits: Tensor, target: "real" | "fake", scale: Scale): Tensor {
  return scope("loss", () => {
    if (scale === "logit") return mean(softplus(target === "real" ? neg(logits) : logits));
    const p = sigmoid(logits);
    return neg(mean(clampedLog(target === "real" ? p : sub(1, p))));
  });
}

/**
 * Squared norm of the gradient of what the discriminator says with respect to its input features, not to coordinates.
 * The gradient is that of the sum over the batch: batch norm ties the examples together, and those terms are kept.
 *
 * @param logits `[batch, 1]`, made of the features.
 * @param features What they were made of.
 * @param scale Whether the gradient of the probability or of the logit is penalised.
 * @returns Mean over the batch, shape `[]`; it can be differentiated again.
 *
 * @example The slope of 3 x is 3, its square 9
 * ```ts
 * import { gradientPenalty } from "@gasp/gasp";
 * import { evaluate, mul, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const features = tensor([[2]]), logits = mul(features, 3);
 * assertEquals([...await (await evaluate(gradientPenalty(logits, features, "logit"))).data()], [9]);
 * ```
 */
export function gradientPenalty(logits: Tensor, features: Tensor, scale: Scale): Tensor {
  return scope("penalty", () => {
    const [gradient] = gradients([scale === "probability" ? sigmoid(logits) : logits], [features]);
    return mul(sum(square(gradient!)), 1 / logits.shape[0]!);
  });
}
