/**
 * Losses of section 3.4 of the paper: the non-saturating GAN loss (Goodfellow et al., 2014), and the R1 penalty
 * (Mescheder, Geiger & Nowozin, 2018) for point clouds.
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

/** Lower bound of the logarithm in the cross-entropy on probabilities, as in PyTorch's `binary_cross_entropy`. */
const LEAST_LOG = -100;
/** The smallest normal float32; smaller probabilities are treated as 0, since devices may flush them to zero. */
const TINY = 2 ** -126;

/** `log p`, or -100 with derivative 0 where p is 0. */
function clampedLog(p: Tensor): Tensor {
  return where(less(p, TINY), LEAST_LOG, log(maximum(p, TINY)));
}

/**
 * Computes the binary cross-entropy of logits with one target for the whole batch: the terms of the non-saturating GAN
 * loss (section 3.4). The discriminator minimises `BCE(D(real), 1) + BCE(D(fake), 0)`, the generator `BCE(D(fake), 1)`.
 *
 * @param logits Logits of any shape.
 * @param target Target probability of being real: 1 for `real`, 0 for `fake`.
 * @param scale `probability`: as the reference code, from rounded probabilities with logarithms clamped at -100, so that
 *   the gradient vanishes where the discriminator is certain. `logit`: the same function in a numerically stable form.
 * @returns Mean over all elements, shape `[]`.
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
 *
 * @category Training methods
 */
export function crossEntropy(logits: Tensor, target: "real" | "fake", scale: Scale): Tensor {
  return scope("loss", () => {
    if (scale === "logit") return mean(softplus(target === "real" ? neg(logits) : logits));
    const p = sigmoid(logits);
    return neg(mean(clampedLog(target === "real" ? p : sub(1, p))));
  });
}

/**
 * Computes ‖∇_y D(s)‖², the squared norm of the discriminator's gradient with respect to its input features, not to the
 * coordinates: twice the R1 penalty of section 3.4. The gradient is that of the sum over the batch, including the terms
 * between examples that batch norm introduces.
 *
 * @param logits Logits of the discriminator, `[batch, 1]`.
 * @param features The features that the logits were computed from.
 * @param scale Whether D is the probability or the logit.
 * @returns Mean over the batch, shape `[]`; differentiable.
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
 *
 * @category Training methods
 */
export function gradientPenalty(logits: Tensor, features: Tensor, scale: Scale): Tensor {
  return scope("penalty", () => {
    const [gradient] = gradients([scale === "probability" ? sigmoid(logits) : logits], [features]);
    return mul(sum(square(gradient!)), 1 / logits.shape[0]!);
  });
}
