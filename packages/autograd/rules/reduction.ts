/**
 * Gradient rules of reductions; reduced axes are retained with size 1.
 * @module
 */
import {
  broadcastTo,
  cast,
  concatenate,
  cumsum,
  div,
  equal,
  flip,
  mul,
  ones,
  reshape,
  sizeOf,
  slice,
  sum,
  type Tensor,
  transpose,
  where,
} from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** Moves elements along the last axis by some places, and 1 into the first ones. */
function delayed(x: Tensor, by: number): Tensor {
  const [length = 1] = x.shape.slice(-1), lead = x.shape.slice(0, -1), count = Math.min(by, length);
  const kept = slice(x, x.shape.map(() => 0), [...lead, length - count]);
  return concatenate([ones([...lead, count]), kept], -1);
}

/** `[..., n]`: at j the product of all elements before j, in log2 n steps. */
function productBefore(x: Tensor): Tensor {
  let product = delayed(x, 1);
  for (let by = 1; by < x.shape.at(-1)!; by *= 2) product = mul(product, delayed(product, by));
  return product;
}

/**
 * Computes for each element the product of all others along some axes. Products alone, without a division, have all
 * their derivatives at zeros too.
 */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const order = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const moved = transpose(x, order), kept = moved.shape.slice(0, x.rank - axes.length);
  const rows = reshape(moved, [...kept, sizeOf(moved.shape.slice(kept.length))]);
  const after = flip(productBefore(flip(rows, -1)), -1);
  const others = reshape(mul(productBefore(rows), after), moved.shape);
  return transpose(others, order.map((_, axis) => order.indexOf(axis)));
}

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
  // y = Π_j x[j]: x̄[j] = g Π_{i≠j} x[i]
  prod: [(g, { params: { axes } }, x) => mul(g, productOfOthers(x, axes))],
};
