/**
 * Gradient rules of exchanges between ranks. The cotangents of all ranks together are those of the sum of their outputs.
 * @module
 */
import { slice, type Tensor } from "@gasp/tensor";
import { makeNode } from "@gasp/tensor/compiler";
import type { RulesFor } from "./rule.ts";

function sumOverRanks(g: Tensor, ranks: number): Tensor {
  return makeNode("allReduce", { ranks }, [g], g.shape, "f32");
}

/** Rules by primitive; x̄ is the cotangent of x and g that of the result y. */
export const rankRules: RulesFor<"allReduce" | "allGather"> = {
  // y = Σ_r x_r on every rank: x̄ = Σ_r g_r
  allReduce: [(g, { params: { ranks } }) => sumOverRanks(g, ranks)],
  // y = (x_0, x_1, …) on every rank: x̄_r = part r of Σ_s g_s
  allGather: [(g, { params: { rank, ranks } }, x) => {
    const first = rank * x.shape[0]!, rest = x.shape.slice(1);
    return slice(sumOverRanks(g, ranks), [first, ...rest.map(() => 0)], [first + x.shape[0]!, ...rest]);
  }],
};
