/**
 * Gradient rules of reductions; reduced axes are retained with size 1.
 * @module
 */
import { and, broadcastTo, cast, cumsum, div, equal, mul, prod, sum, where } from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** Rules by primitive; x̄ is the cotangent of x and g that of the result y. */
export const reductionRules: RulesFor<"sum" | "max" | "prod" | "cumsum"> = {
  // y = Σ_j x[j]: x̄[j] = g
  sum: [(g, _, x) => broadcastTo(g, x.shape)],
  // y[i] = Σ_{j <= i} x[j]: x̄[j] = Σ_{i >= j} g[i]
  cumsum: [(g, { params: { axis, reverse } }) => cumsum(g, { axis, reverse: !reverse })],
  // y = max_j x[j]: x̄[j] = g / n where x[j] = y, for n ties, else 0
  max: [
    (g, { y, params }, x) => {
      const largest = equal(x, y);
      const count = sum(cast(largest, "f32"), { axes: params.axes, keepDims: true });
      return where(largest, div(g, count), 0);
    },
  ],
  // y = Π_j x[j]: x̄[j] = g Π_{i≠j} x[i]. With p the product of the nonzero elements: p / x[j] if none is 0; if
  // exactly one is, p there and 0 elsewhere
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
