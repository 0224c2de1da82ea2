/**
 * Gradient rules of the element-wise operations. All inputs have the shape of the result: broadcasting is a
 * separate node.
 * @module
 */
import {
  add,
  cos,
  cos2pi,
  cosh,
  div,
  equal,
  exp,
  floor,
  less,
  log,
  mul,
  neg,
  pow,
  sigmoid,
  sign,
  sin,
  sin2pi,
  sinh,
  sqrt,
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

/** Rules by primitive; in the comments, x̄ is the cotangent of x and g that of the result y. */
export const elementwiseRules: RulesFor<ElementwiseName> = {
  // y = a + b: ā = g, b̄ = g
  add: [(g) => g, (g) => g],
  // y = a - b: ā = g, b̄ = -g
  sub: [(g) => g, (g) => neg(g)],
  // y = a b: ā = g b, b̄ = g a
  mul: [(g, _, _a, b) => mul(g, b), (g, _, a) => mul(g, a)],
  // y = a / b: ā = g / b, b̄ = -g a / b² = -(g / b) y
  div: [(g, _, _a, b) => div(g, b), (g, { y }, _a, b) => neg(mul(div(g, b), y))],
  // y = max(a, b): g flows to the larger argument, half to each for equal ones
  maximum: [(g, _, a, b) => whereLarger(g, a, b), (g, _, a, b) => whereLarger(g, b, a)],
  // y = min(a, b): g flows to the smaller argument, half to each for equal ones
  minimum: [(g, _, a, b) => whereLarger(g, b, a), (g, _, a, b) => whereLarger(g, a, b)],
  // y = -x: x̄ = -g
  neg: [(g) => neg(g)],
  // y = |x|: x̄ = g sign(x), 0 at 0
  abs: [(g, _, x) => mul(g, sign(x))],
  // y = a - b ⌊a / b⌋: ā = g, b̄ = -g ⌊a / b⌋
  remainder: [(g) => g, (g, _, a, b) => neg(mul(g, floor(div(a, b))))],
  // y = a^b: ā = g b a^(b-1), 0 for b = 0; b̄ = g y ln a, 0 for a = 0
  pow: [
    (g, _, a, b) => mul(g, where(equal(b, 0), 0, mul(b, pow(a, sub(b, 1))))),
    (g, { y }, a) => mul(g, where(equal(a, 0), 0, mul(y, log(where(equal(a, 0), 1, a))))),
  ],
  // y = arg(b + i a): ā = g b / (a² + b²), b̄ = -g a / (a² + b²)
  atan2: [
    (g, _, a, b) => mul(g, div(b, add(square(a), square(b)))),
    (g, _, a, b) => neg(mul(g, div(a, add(square(a), square(b))))),
  ],
  // Step functions: the derivative is 0 where it exists
  sign: [null],
  floor: [null],
  ceil: [null],
  trunc: [null],
  round: [null],
  // y = √x: x̄ = g / (2 y)
  sqrt: [(g, { y }) => div(mul(g, 0.5), y)],
  // y = eˣ: x̄ = g y
  exp: [(g, { y }) => mul(g, y)],
  // y = eˣ - 1: x̄ = g (y + 1)
  expm1: [(g, { y }) => mul(g, add(y, 1))],
  // y = ln(1 + x): x̄ = g / (1 + x)
  log1p: [(g, _, x) => div(g, add(x, 1))],
  // y = tan x: x̄ = g (1 + y²)
  tan: [(g, { y }) => mul(g, add(square(y), 1))],
  // y = asin x: x̄ = g / √(1 - x²)
  asin: [(g, _, x) => div(g, sqrt(sub(1, square(x))))],
  // y = acos x: x̄ = -g / √(1 - x²)
  acos: [(g, _, x) => neg(div(g, sqrt(sub(1, square(x)))))],
  // y = atan x: x̄ = g / (1 + x²)
  atan: [(g, _, x) => div(g, add(square(x), 1))],
  // y = sinh x: x̄ = g cosh x
  sinh: [(g, _, x) => mul(g, cosh(x))],
  // y = cosh x: x̄ = g sinh x
  cosh: [(g, _, x) => mul(g, sinh(x))],
  // y = erf x: x̄ = g 2/√π e^(-x²)
  erf: [(g, _, x) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))],
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
  // Booleans and integers have no gradient
  isNaN: [null],
  isFinite: [null],
  orderKey: [null],
  less: [null, null],
  lessEqual: [null, null],
  equal: [null, null],
  and: [null, null],
  or: [null, null],
  not: [null],
  // y = c ? a : b: ā = c ? g : 0, b̄ = c ? 0 : g
  where: [null, (g, _, c) => where(c, g, 0), (g, _, c) => where(c, 0, g)],
  // The input or the result of a cast is not f32
  cast: [null],
};
