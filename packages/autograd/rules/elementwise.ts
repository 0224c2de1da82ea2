/**
 * Gradient rules of the element-wise operations. All inputs of one have the shape of the result: broadcasting is a
 * node of its own.
 * @module
 */
import {
  cos,
  cos2pi,
  div,
  equal,
  less,
  mul,
  neg,
  sigmoid,
  sign,
  sin,
  sin2pi,
  square,
  sub,
  type Tensor,
  where,
} from "@gasp/tensor";
import type { ElementwiseName } from "@gasp/tensor/compiler";
import type { RulesFor } from "./rule.ts";

/** `g` where `other < x`, half of it where they are equal, else 0. */
function whereLarger(g: Tensor, x: Tensor, other: Tensor): Tensor {
  return where(less(other, x), g, where(equal(x, other), mul(g, 0.5), 0));
}

/** Rules by operation; in the comments, x̄ is the cotangent of x and g that of the result y. */
export const elementwiseRules: RulesFor<ElementwiseName> = {
  // y = a + b: ā = g, b̄ = g
  add: [(g) => g, (g) => g],
  // y = a - b: ā = g, b̄ = -g
  sub: [(g) => g, (g) => neg(g)],
  // y = a b: ā = g b, b̄ = g a
  mul: [(g, _, _a, b) => mul(g, b), (g, _, a) => mul(g, a)],
  // y = a / b: ā = g / b, b̄ = -g a / b² = -(g / b) y
  div: [(g, _, _a, b) => div(g, b), (g, { y }, _a, b) => neg(mul(div(g, b), y))],
  // y = max(a, b): g goes to the larger; to each its half where they are equal
  maximum: [(g, _, a, b) => whereLarger(g, a, b), (g, _, a, b) => whereLarger(g, b, a)],
  // y = min(a, b): g goes to the smaller; to each its half where they are equal
  minimum: [(g, _, a, b) => whereLarger(g, b, a), (g, _, a, b) => whereLarger(g, a, b)],
  // y = -x: x̄ = -g
  neg: [(g) => neg(g)],
  // y = |x|: x̄ = g sign(x), 0 at 0
  abs: [(g, _, x) => mul(g, sign(x))],
  // Steps: the derivative is 0 wherever there is one
  sign: [null],
  floor: [null],
  round: [null],
  // y = √x: x̄ = g / (2 y)
  sqrt: [(g, { y }) => div(mul(g, 0.5), y)],
  // y = eˣ: x̄ = g y
  exp: [(g, { y }) => mul(g, y)],
  // y = ln x: x̄ = g / x
  log: [(g, _, x) => div(g, x)],
  // y = sin x: x̄ = g cos x
  sin: [(g, _, x) => mul(g, cos(x))],
  // y = cos x: x̄ = -g sin x
  cos: [(g, _, x) => neg(mul(g, sin(x)))],
  // y = sin 2πx: x̄ = 2π g cos 2πx
  sin2pi: [(g, _, x) => mul(g, mul(cos2pi(x), 2 * Math.PI))],
  // y = cos 2πx: x̄ = -2π g sin 2πx
  cos2pi: [(g, _, x) => mul(g, mul(sin2pi(x), -2 * Math.PI))],
  // y = tanh x: x̄ = g (1 - y²)
  tanh: [(g, { y }) => mul(g, sub(1, square(y)))],
  // y = 1 / (1 + e⁻ˣ): x̄ = g y (1 - y)
  sigmoid: [(g, { y }) => mul(g, mul(y, sub(1, y)))],
  // y = ln(1 + eˣ): x̄ = g / (1 + e⁻ˣ)
  softplus: [(g, _, x) => mul(g, sigmoid(x))],
  // Booleans carry no gradient
  less: [null, null],
  lessEqual: [null, null],
  equal: [null, null],
  and: [null, null],
  or: [null, null],
  not: [null],
  // y = c ? a : b: ā = c ? g : 0, b̄ = c ? 0 : g
  where: [null, (g, _, c) => where(c, g, 0), (g, _, c) => where(c, 0, g)],
  // One side of a cast is no f32
  cast: [null],
};
