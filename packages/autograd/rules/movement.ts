/**
 * Gradient rules of data movement: each operation is linear, and its adjoint moves the elements back.
 * @module
 */
import { flip, pad, reshape, type Shape, slice, sum, type Tensor, transpose } from "@gasp/tensor";
import type { RulesFor } from "./rule.ts";

/** `inverse[axes[i]] = i`. */
function inversePermutation(axes: readonly number[]): number[] {
  const inverse = new Array<number>(axes.length);
  axes.forEach((axis, i) => inverse[axis] = i);
  return inverse;
}

/** Sums over the axes repeated by a broadcast, keeping them with size 1. */
function sumRepeats(g: Tensor, shape: Shape): Tensor {
  const axes = g.shape.flatMap((size, axis) => (size === shape[axis] ? [] : [axis]));
  return sum(g, { axes, keepDims: true });
}

/** Inserts `steps - 1` zeros between neighbours along each axis: `[n] → [(n - 1) step + 1]`. */
export function spread(g: Tensor, steps: readonly number[]): Tensor {
  if (steps.every((step, axis) => step === 1 || g.shape[axis]! <= 1)) return g;
  // [n0, n1, …] → [n0, 1, n1, 1, …] → [n0, s0, n1, s1, …] → [n0 s0, n1 s1, …], then the trailing zeros are dropped
  const pairs = reshape(g, g.shape.flatMap((size) => [size, 1]));
  const low = pairs.shape.map(() => 0);
  const high = steps.flatMap((step) => [0, step - 1]);
  const blocks = reshape(pad(pairs, low, high), g.shape.map((size, axis) => size * steps[axis]!));
  const ends = g.shape.map((size, axis) => Math.max((size - 1) * steps[axis]! + 1, 0));
  return slice(blocks, ends.map(() => 0), ends);
}

/** Embeds `x` in zeros of the given shape, at `starts`. */
export function embed(x: Tensor, starts: readonly number[], shape: Shape): Tensor {
  return pad(x, starts, shape.map((size, axis) => size - starts[axis]! - x.shape[axis]!));
}

/** Primitives with rules in this module. */
export type MovementName =
  | "identity"
  | "reshape"
  | "permute"
  | "broadcast"
  | "slice"
  | "pad"
  | "flip"
  | "concatenate";

/** Rules by primitive; x̄ is the cotangent of x and g that of the result y. */
export const movementRules: RulesFor<MovementName> = {
  // y = x: x̄ = g; detached nodes are excluded when paths are determined
  identity: [(g) => g],
  // x̄ = g reshaped to the shape of x
  reshape: [(g, _, x) => reshape(g, x.shape)],
  // y = x with permuted axes: x̄ = g with the inverse permutation
  permute: [(g, { params }) => transpose(g, inversePermutation(params.axes))],
  // y[…, j, …] = x[…, 0, …]: x̄[…, 0, …] = Σ_j g[…, j, …]
  broadcast: [(g, _, x) => sumRepeats(g, x.shape)],
  // y[j] = x[start + step j]: x̄[start + step j] = g[j], else 0
  slice: [(g, { params }, x) => embed(spread(g, params.steps), params.starts, x.shape)],
  // y[low + j] = x[j], else 0: x̄[j] = g[low + j]
  pad: [
    (g, { params: { low } }, x) => slice(g, low, low.map((start, axis) => start + x.shape[axis]!)),
  ],
  // y[j] = x[n - 1 - j]: x̄[j] = g[n - 1 - j]
  flip: [(g, { params }) => flip(g, params.axes)],
  // y = (x₀, x₁, …): x̄ₚ = the part of g at the position of xₚ
  concatenate: (position) => (g, { params: { axis } }, ...parts) => {
    const start = parts.slice(0, position).reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const size = parts[position]!.shape[axis]!;
    return slice(g, g.shape.map((_, i) => (i === axis ? start : 0)), g.shape.with(axis, start + size));
  },
};
