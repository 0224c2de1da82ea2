/**
 * Gradient rules of reductions; reduced axes stay with size 1.
 * @module
 */
import { and, broadcastTo, cast, div, equal, mul, prod, sum, where } from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** Rules by operation; x̄ is the cotangent of x and g that of the result y. */
export const reductionRules: RulesFor<"sum" | "max" | "prod"> = {
  // y = Σ_j x[j]: x̄[j] = g
  sum: [(g, _, x) => broadcastTo(g, x.shape)],
  // y = max_j x[j]: x̄[j] = g / n where x[j] = y, of which there are n, else 0
  max: [
    (g, { y, params }, x) => {
      const largest = equal(x, y);
      const count = sum(cast(largest, "f32"), { axes: params.axes, keepDims: true });
      return where(largest, div(g, count), 0);
    },
  ],
  // y = Π_j x[j]: x̄[j] = g Π_{i≠j} x[i]. With p the product of all that are not 0: p / x[j] where none is 0; where one
  // alone is, p there and 0 elsewhere
  prod: [
    (g, { params: { axes } }, x) => {
      const isZero = equal(x, 0), others = where(isZero, 1, x);
      const product = prod(others, { axes, keepDims: true });
      const zeros = sum(cast(isZero, "f32"), { axes, keepDims: true });
      const atZero = where(and(isZero, equal(zeros, 1)), product, 0);
      return mul(g, where(equal(zeros, 0), div(product, others), atZero));
    },
  ],
};
