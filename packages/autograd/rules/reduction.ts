/**
 * Gradient rules of reductions; reduced axes stay with size 1.
 * @module
 */
import { broadcastTo, cast, div, equal, sum, where } from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** Rules by operation; x̄ is the cotangent of x and g that of the result y. */
export const reductionRules: RulesFor<"sum" | "max"> = {
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
};
