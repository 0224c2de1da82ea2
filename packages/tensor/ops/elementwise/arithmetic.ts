/**
 * Element-wise arithmetic. Arguments broadcast as in NumPy; a JavaScript number is converted to the type of the other
 * argument and must be representable in it.
 * @module
 */
import { type DType, DTYPES } from "../../ir/dtype.ts";
import { makeNode, Tensor } from "../../graph/tensor.ts";
import { applyBinary, applyUnary, type TensorLike } from "./apply.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { onesLike } from "../shape/constant.ts";
import { sqrt } from "./functions.ts";

export type { TensorLike } from "./apply.ts";

/**
 * `a + b`.
 *
 * @param a Left; f32, i32 or u32.
 * @param b Right, of the same type.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { add, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const sum = await evaluate(add(tensor([[1, 2], [3, 4]]), tensor([10, 20])), reference);
 * assert((await sum.data()).join() === "11,22,13,24");
 * ```
 *
 * @category Element-wise operations
 */
export function add(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("add", a, b);
}

/**
 * `a - b`.
 *
 * @param a Left; f32, i32 or u32.
 * @param b Right, of the same type.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, sub, tensor } from "@gasp/tensor";
 *
 * const difference = await evaluate(sub(1, tensor([1, 3])), reference);
 * assert((await difference.data()).join() === "0,-2");
 * ```
 *
 * @category Element-wise operations
 */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("sub", a, b);
}

/**
 * `a · b`, element by element; for matrix products see {@link matmul}.
 *
 * @param a Left; f32, i32 or u32.
 * @param b Right, of the same type.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, mul, reference, tensor } from "@gasp/tensor";
 *
 * const product = await evaluate(mul(tensor([[1], [2]]), tensor([3, 4])), reference);
 * assert((await product.data()).join() === "3,4,6,8");
 * ```
 *
 * @category Element-wise operations
 */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("mul", a, b);
}

/**
 * `a / b`; division by 0 yields an infinity or NaN.
 *
 * @param a Dividend, f32.
 * @param b Divisor, f32.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { div, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const half = await evaluate(div(tensor([1, 2]), 2), reference);
 * assert((await half.data()).join() === "0.5,1");
 * ```
 *
 * @category Element-wise operations
 */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("div", a, b);
}

/**
 * `x - y ⌊x / y⌋`: the remainder with the sign of the divisor, as `%` in Python and `jnp.remainder`. Exact
 * while `|x / y| < 2²²`. Its derivative with respect to y is `-⌊x / y⌋`.
 *
 * @param x Dividend, f32.
 * @param y Divisor, f32; 0 yields NaN.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, remainder, tensor } from "@gasp/tensor";
 *
 * const rest = await evaluate(remainder(tensor([5, -5]), 3), reference);
 * assert((await rest.data()).join() === "2,1");
 * ```
 *
 * @category Element-wise operations
 */
export function remainder(x: TensorLike, y: TensorLike): Tensor {
  return applyBinary("remainder", x, y);
}

/**
 * `1 / x`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reciprocal, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(reciprocal(tensor([4, 0])), reference);
 * assertEquals([...await y.data()], [0.25, Infinity]);
 * ```
 *
 * @category Element-wise operations
 */
export function reciprocal(x: Tensor): Tensor {
  requireTensor("reciprocal", x);
  return div(1, x);
}

/**
 * Element-wise maximum.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example The second argument broadcasts over the rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, maximum, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(maximum(tensor([[1, 5], [7, 3]]), tensor([4, 4])), reference);
 * assertEquals([...await y.data()], [4, 5, 7, 4]);
 * ```
 *
 * @category Element-wise operations
 */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("maximum", a, b);
}

/**
 * Element-wise minimum.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example An upper bound; NaN stays NaN
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, minimum, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(minimum(tensor([1, 5, NaN]), 4), reference);
 * assertEquals([...await y.data()], [1, 4, NaN]);
 * ```
 *
 * @category Element-wise operations
 */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("minimum", a, b);
}

/**
 * `min(max(x, low), high)`: `low` where it exceeds `high`. The derivative is 1 inside, 0 outside, and ½ at a
 * bound.
 *
 * @param x f32, i32 or u32.
 * @param low Minimum, or -Infinity for none.
 * @param high Maximum, or Infinity for none.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { clamp, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const inside = await evaluate(clamp(tensor([-2, 0.5, 7]), 0, 1), reference);
 * assert((await inside.data()).join() === "0,0.5,1");
 * ```
 *
 * @category Element-wise operations
 */
export function clamp(x: Tensor, low: TensorLike, high: TensorLike): Tensor {
  requireTensor("clamp", x);
  const raised = low === -Infinity ? x : maximum(x, low);
  return high === Infinity ? raised : minimum(raised, high);
}

/**
 * `-x`.
 *
 * @param x f32 or i32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, neg, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(neg(tensor([3, -1])), reference);
 * assertEquals([...await y.data()], [-3, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function neg(x: Tensor): Tensor {
  return applyUnary("neg", x);
}

/**
 * `x²`.
 *
 * @param x f32, i32 or u32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, square, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(square(tensor([3, -4])), reference);
 * assertEquals([...await y.data()], [9, 16]);
 * ```
 *
 * @category Element-wise operations
 */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/** Integer exponents up to this magnitude are computed by products. */
const MAX_PRODUCTS = 64;

/**
 * `x^y`. Integer exponents of magnitude up to 64 are computed by products, ±½ by square roots, all others as by IEEE
 * 754's `pow` and JAX: a negative x to an integer power has the sign of the power's parity, to any other power it is
 * NaN; `x⁰ = 1` and `1^y = 1`, even for NaN; `0^y` is 0, or infinite for negative y. The derivative with respect to y
 * at x = 0 is 0.
 *
 * @param x f32; or i32 and u32, with a number y that is an integer from 0.
 * @param y Exponent, f32 or a number.
 * @returns Tensor of the broadcast shape.
 * @throws {RangeError} If x is an integer tensor and y a negative or fractional number.
 * @throws {TypeError} If x is an integer tensor and y a tensor.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, pow, reference, tensor } from "@gasp/tensor";
 *
 * const cubes = await evaluate(pow(tensor([-2, 3]), 3), reference);
 * assert((await cubes.data()).join() === "-8,27");
 * ```
 *
 * @category Element-wise operations
 */
export function pow(x: TensorLike, y: TensorLike): Tensor {
  if (!(x instanceof Tensor) || y instanceof Tensor) return applyBinary("pow", x, y);
  requireType("pow", x, ["f32", "i32", "u32"]);
  const whole = Number.isInteger(y) && Math.abs(y) <= MAX_PRODUCTS;
  if (x.dtype !== "f32" && !(whole && y >= 0)) {
    throw new RangeError(
      `pow of ${x.dtype} needs an integer exponent from 0 to ${MAX_PRODUCTS}, got ${y}: use cast(x, 'f32')`,
    );
  }
  if (whole) return y < 0 ? reciprocal(product(x, -y)) : product(x, y);
  if (y === 0.5) return sqrt(x);
  if (y === -0.5) return reciprocal(sqrt(x));
  return applyBinary("pow", x, y);
}

/** Computes `x^count` by squaring. */
function product(x: Tensor, count: number): Tensor {
  let result: Tensor | undefined;
  for (let power = x, left = count; left > 0; left >>= 1) {
    if (left & 1) result = result ? mul(result, power) : power;
    if (left > 1) power = square(power);
  }
  return result ?? onesLike(x);
}

/**
 * Converts to another type: f32 to integer truncates and saturates, bool becomes 0 or 1, conversion to bool is `!= 0`.
 *
 * @param x Any tensor.
 * @param dtype Type of the result.
 * @throws {TypeError} If the type is unknown.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { cast, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const whole = await evaluate(cast(tensor([1.9, -1.9]), "i32"), reference);
 * assert((await whole.data()).join() === "1,-1");
 * ```
 *
 * @category Element-wise operations
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  requireTensor("cast", x);
  if (!DTYPES.includes(dtype)) {
    throw new TypeError(`cast to the unknown type ${dtype}: use ${DTYPES.join(", ")}`);
  }
  return x.dtype === dtype ? x : makeNode("cast", {}, [x], x.shape, dtype);
}
