/**
 * Gradient rules of products, gathers and segment sums. Each is linear in each of its arguments, and the adjoints are
 * operations of the same family: matrix products of transposed views; gather and segmentSum; and the three partial
 * derivatives of PointConv's trilinear form.
 * @module
 */
import {
  gather,
  matmul,
  neighbourFeatures,
  neighbourSum,
  neighbourWeights,
  segmentSum,
  transpose,
} from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** Primitives with rules in this module. */
export type ProductName =
  | "matmul"
  | "gather"
  | "segmentSum"
  | "neighbourSum"
  | "neighbourWeights"
  | "neighbourFeatures";

/** Rules by primitive; x̄ is the cotangent of x and g that of the result. */
export const productRules: RulesFor<ProductName> = {
  // Y = A B: Ā = G Bᵀ, B̄ = Aᵀ G
  matmul: [(g, _, _a, b) => matmul(g, transpose(b)), (g, _, a) => matmul(transpose(a), g)],
  // y[i] = x[index[i]]: x̄[r] = Σ_{i : index[i] = r} g[i]
  gather: [
    (g, _, _x, index, starts, entries) => segmentSum(g, { index, indptr: starts, positions: entries }),
    null,
    null,
    null,
  ],
  // y[r] = Σ_{i : index[i] = r} x[i]: x̄[i] = g[index[i]]
  segmentSum: [
    (g, _, _x, index, starts, entries) => gather(g, { index, indptr: starts, positions: entries }),
    null,
    null,
    null,
  ],
  // H = ∂T/∂H(F, W), where T = Σ F[index] W H: F̄ = ∂T/∂F(W, g), W̄ = ∂T/∂W(F, g)
  neighbourSum: [
    (g, _, _f, w, index, starts, entries) =>
      neighbourFeatures(w, g, { index, indptr: starts, positions: entries }),
    (g, _, f, _w, index, starts, entries) =>
      neighbourWeights(f, g, { index, indptr: starts, positions: entries }),
    null,
    null,
    null,
  ],
  // W = ∂T/∂W(F, H): F̄ = ∂T/∂F(g, H), H̄ = ∂T/∂H(F, g)
  neighbourWeights: [
    (g, _, _f, h, index, starts, entries) =>
      neighbourFeatures(g, h, { index, indptr: starts, positions: entries }),
    (g, _, f, _h, index, starts, entries) =>
      neighbourSum(f, g, { index, indptr: starts, positions: entries }),
    null,
    null,
    null,
  ],
  // F = ∂T/∂F(W, H): W̄ = ∂T/∂W(g, H), H̄ = ∂T/∂H(g, W)
  neighbourFeatures: [
    (g, _, _w, h, index, starts, entries) =>
      neighbourWeights(g, h, { index, indptr: starts, positions: entries }),
    (g, _, w, _h, index, starts, entries) =>
      neighbourSum(g, w, { index, indptr: starts, positions: entries }),
    null,
    null,
    null,
  ],
};
