/**
 * Gradient rules of convolutions and windows. A convolution is linear in its input and in its weights, and both
 * adjoints are convolutions; windows are an affine movement, whose adjoint sums overlapping windows.
 * @module
 */
import {
  add,
  convGeneral,
  flip,
  pad,
  reshape,
  type Shape,
  slice,
  type Tensor,
  transpose,
} from "@gasp/tensor";
import type { WindowParams } from "@gasp/tensor/compiler";
import { embed, spread } from "./movement.ts";
import type { RulesFor } from "./rule.ts";

/** `[a, b, c, ...] → [a, c, b, ...]`. */
function swapSecond(x: Tensor): Tensor {
  return transpose(x, x.shape.map((_, i) => (i === 1 ? 2 : i === 2 ? 1 : i)));
}

const negated = (list: readonly number[]) => list.map((n) => -n);

/** Sums overlapping windows: `g[…, i, …, j]` is added to element `start + i · step + j · dilation` of the axis. */
function fold(
  g: Tensor,
  { axis, start, step, dilation }: WindowParams,
  shape: Shape,
): Tensor {
  const count = g.shape[axis]!, size = g.shape.at(-1)!, rank = shape.length;
  if (dilation === 1 && step === size) {
    // Windows side by side: [..., count, ..., size] → [..., count · size, ...]
    const order = Array.from({ length: rank }, (_, i) => i).toSpliced(axis + 1, 0, rank);
    const joined = reshape(transpose(g, order), shape.with(axis, count * size));
    return embed(joined, shape.map((_, i) => (i === axis ? start : 0)), shape);
  }
  const terms = Array.from({ length: size }, (_, j) => {
    const starts = [...shape.map(() => 0), j], ends = [...g.shape.slice(0, -1), j + 1];
    const taken = reshape(slice(g, starts, ends), g.shape.slice(0, -1));
    const first = start + j * dilation + Math.min(0, step * (count - 1));
    const along = step < 0 ? flip(taken, axis) : taken;
    const apart = spread(along, shape.map((_, i) => (i === axis ? Math.abs(step) : 1)));
    const low = shape.map((_, i) => (i === axis ? first : 0));
    return pad(apart, low, shape.map((size, i) => size - low[i]! - apart.shape[i]!));
  });
  return terms.reduce((a, b) => add(a, b));
}

/** Primitives with rules in this module. */
export type ConvolutionName = "conv" | "window";

/** Rules by primitive; x̄ is the cotangent of x and g that of the result. */
export const convolutionRules: RulesFor<ConvolutionName> = {
  // y[n, o, p] = Σ X[n, c, s p + d k + b] w[o, c, k] with X[l u] = x[u]
  conv: [
    // x̄[n, c, u] = Σ_{o, k} G[n, o, l u - d k - b] w[o, c, k] with G[s p] = g[p]
    (g, { params: { strides, dilations, spacings, offsets } }, x, w) => {
      // A negative stride mirrors the outputs: G[|s| p'] = g[P - 1 - p']
      const mirrored = strides.reduce((g, stride, i) => (stride < 0 ? flip(g, 3 + i) : g), g);
      const shift = strides.map((stride, i) => Math.min(0, stride * (g.shape[3 + i]! - 1)));
      const geometry = {
        strides: spacings,
        dilations: negated(dilations),
        spacings: strides.map(Math.abs),
        offsets: offsets.map((offset, i) => -offset - shift[i]!),
      };
      return convGeneral(mirrored, swapSecond(w), geometry, x.shape.slice(3));
    },
    // w̄[o, c, k] = Σ_{n, p} X[n, c, d k + s p + b] g[n, o, p]: channels act as examples, and the outputs are the
    // kernel
    (g, { params: { strides, dilations, spacings, offsets } }, x, w) => {
      const geometry = { strides: dilations, dilations: strides, spacings, offsets };
      return swapSecond(convGeneral(swapSecond(x), swapSecond(g), geometry, w.shape.slice(3)));
    },
  ],
  // y[…, i, …, j] = x[…, start + i step + j dilation, …]
  window: [(g, { params }, x) => fold(g, params, x.shape)],
};
