/**
 * Element-wise operations. Arguments broadcast by NumPy's rule; a JavaScript number takes the type of the other argument.
 * @module
 */
import type { DType } from "../core/dtype.ts";
import { elementwise, type ElementwiseName } from "../graph/elementwise.ts";
import { broadcastShapes, type Shape } from "../graph/shape.ts";
import { makeNode, Tensor } from "../graph/tensor.ts";
import { scalar } from "./creation.ts";
import { broadcastTo } from "./movement.ts";

/** A tensor, or a number that becomes one of the right type. */
export type TensorLike = Tensor | number;

function unaryOp(name: ElementwiseName, x: Tensor): Tensor {
  checkDomain(name, x.dtype);
  return makeNode(name, {}, [x], x.shape, elementwise[name].result === "bool" ? "bool" : x.dtype);
}

function binaryOp(name: ElementwiseName, a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = alike(name, a, b);
  checkDomain(name, left.dtype);
  const shape = broadcastShapes(left.shape, right.shape);
  const dtype = elementwise[name].result === "bool" ? "bool" : left.dtype;
  return makeNode(name, {}, [broadcastTo(left, shape), broadcastTo(right, shape)], shape, dtype);
}

function alike(name: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  const dtype = a instanceof Tensor ? a.dtype : b instanceof Tensor ? b.dtype : "f32";
  const left = a instanceof Tensor ? a : scalar(a, dtype);
  const right = b instanceof Tensor ? b : scalar(b, dtype);
  if (left.dtype !== right.dtype) {
    throw new TypeError(
      `${name} needs two tensors of one type, got ${left.dtype} and ${right.dtype}: use cast()`,
    );
  }
  return [left, right];
}

function checkDomain(name: ElementwiseName, dtype: DType): void {
  const { domain } = elementwise[name];
  if (!domain.includes(dtype)) {
    throw new TypeError(`${name} takes ${domain.join(", ")}, got ${dtype}: use cast()`);
  }
}

/** `a + b`. @param a Left. @param b Right. @returns The broadcast shape. */
export function add(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("add", a, b);
}

/** `a - b`. @param a Left. @param b Right. @returns The broadcast shape. */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("sub", a, b);
}

/** `a · b`, element by element. @param a Left. @param b Right. @returns The broadcast shape. */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("mul", a, b);
}

/** `a / b`, f32. @param a Dividend. @param b Divisor. @returns The broadcast shape. */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("div", a, b);
}

/** The larger of two, element by element. @param a Left. @param b Right. @returns The broadcast shape. */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("maximum", a, b);
}

/** The smaller of two, element by element. @param a Left. @param b Right. @returns The broadcast shape. */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("minimum", a, b);
}

/** `a < b` as bool. @param a Left. @param b Right. @returns The broadcast shape. */
export function less(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("less", a, b);
}

/** `a <= b` as bool. @param a Left. @param b Right. @returns The broadcast shape. */
export function lessEqual(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("lessEqual", a, b);
}

/** `a > b` as bool. @param a Left. @param b Right. @returns The broadcast shape. */
export function greater(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("less", b, a);
}

/** `a >= b` as bool. @param a Left. @param b Right. @returns The broadcast shape. */
export function greaterEqual(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("lessEqual", b, a);
}

/** `a == b` as bool. @param a Left. @param b Right. @returns The broadcast shape. */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return binaryOp("equal", a, b);
}

/** Both hold. @param a A bool tensor. @param b Another. @returns The broadcast shape. */
export function and(a: Tensor, b: Tensor): Tensor {
  return binaryOp("and", a, b);
}

/** One or both hold. @param a A bool tensor. @param b Another. @returns The broadcast shape. */
export function or(a: Tensor, b: Tensor): Tensor {
  return binaryOp("or", a, b);
}

/** The opposite. @param x A bool tensor. */
export function not(x: Tensor): Tensor {
  return unaryOp("not", x);
}

/** `-x`. @param x f32 or i32. */
export function neg(x: Tensor): Tensor {
  return unaryOp("neg", x);
}

/** `|x|`. @param x f32 or i32. */
export function abs(x: Tensor): Tensor {
  return unaryOp("abs", x);
}

/** -1, 0 or 1; its derivative is 0. @param x f32. */
export function sign(x: Tensor): Tensor {
  return unaryOp("sign", x);
}

/** The largest whole number not above; its derivative is 0. @param x f32. */
export function floor(x: Tensor): Tensor {
  return unaryOp("floor", x);
}

/** The nearest whole number, ties to even; its derivative is 0. @param x f32. */
export function round(x: Tensor): Tensor {
  return unaryOp("round", x);
}

/** Square root. @param x f32, not negative. */
export function sqrt(x: Tensor): Tensor {
  return unaryOp("sqrt", x);
}

/** `e^x`. @param x f32. */
export function exp(x: Tensor): Tensor {
  return unaryOp("exp", x);
}

/** Natural logarithm. @param x f32; 0 gives -inf, negative numbers NaN. */
export function log(x: Tensor): Tensor {
  return unaryOp("log", x);
}

/** Sine of radians. @param x f32; accurate for |x| up to about 10⁴. */
export function sin(x: Tensor): Tensor {
  return unaryOp("sin", x);
}

/** Cosine of radians. @param x f32; accurate for |x| up to about 10⁴. */
export function cos(x: Tensor): Tensor {
  return unaryOp("cos", x);
}

/** `sin 2πx`: sine of turns. @param x f32; accurate for all. */
export function sin2pi(x: Tensor): Tensor {
  return unaryOp("sin2pi", x);
}

/** `cos 2πx`: cosine of turns. @param x f32; accurate for all. */
export function cos2pi(x: Tensor): Tensor {
  return unaryOp("cos2pi", x);
}

/** Hyperbolic tangent. @param x f32. */
export function tanh(x: Tensor): Tensor {
  return unaryOp("tanh", x);
}

/** `1 / (1 + e^-x)`, in (0, 1). @param x f32. */
export function sigmoid(x: Tensor): Tensor {
  return unaryOp("sigmoid", x);
}

/** `log(1 + e^x)`, computed without overflow. @param x f32. */
export function softplus(x: Tensor): Tensor {
  return unaryOp("softplus", x);
}

/** `x²`. @param x Numbers. */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/**
 * `x` where it is positive, else `slope · x`.
 *
 * @param x f32.
 * @param slope Slope below 0, for example 0.2.
 */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return where(greater(x, 0), x, mul(x, slope));
}

/**
 * One of two values, element by element.
 *
 * @param condition bool.
 * @param ifTrue Taken where the condition holds.
 * @param ifFalse Taken elsewhere; same type.
 * @returns The shape that all three broadcast to.
 * @throws {TypeError} If the condition is not bool or the types differ.
 */
export function where(condition: Tensor, ifTrue: TensorLike, ifFalse: TensorLike): Tensor {
  if (condition.dtype !== "bool") {
    throw new TypeError(`where needs a bool condition, got ${condition.dtype}: compare first`);
  }
  const [yes, no] = alike("where", ifTrue, ifFalse);
  const shape: Shape = broadcastShapes(condition.shape, broadcastShapes(yes.shape, no.shape));
  const inputs = [condition, yes, no].map((x) => broadcastTo(x, shape));
  return makeNode("where", {}, inputs, shape, yes.dtype);
}

/**
 * The same values as another type; f32 to integer truncates, bool gives 0 or 1, to bool means `!= 0`.
 *
 * @param x Any tensor.
 * @param dtype The type wanted.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : makeNode("cast", {}, [x], x.shape, dtype);
}
