/**
 * Element-wise comparisons, logical operations and selection.
 * @module
 */
import { broadcastShapes, type Shape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { alike, applyBinary, applyUnary, type TensorLike } from "./apply.ts";
import { requireTensor } from "../shape/check.ts";
import { broadcastTo } from "../shape/movement.ts";

/**
 * `a < b` as bool; NaN compares false.
 *
 * @param a Left; f32, i32 or u32.
 * @param b Right, of the same type.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, less, reference, tensor } from "@gasp/tensor";
 *
 * const small = await evaluate(less(tensor([1, 2, 3]), 2), reference);
 * assert((await small.data()).join() === "1,0,0");
 * ```
 *
 * @category Element-wise operations
 */
export function less(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("less", a, b);
}

/**
 * `a <= b` as bool.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, lessEqual, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(lessEqual(tensor([1, 2, 3]), 2), reference);
 * assertEquals([...await y.data()], [1, 1, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function lessEqual(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("lessEqual", a, b);
}

/**
 * `a > b` as bool.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example Every element of a column with every element of a row
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, greater, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(greater(tensor([[1], [3]]), tensor([0, 2])), reference);
 * assertEquals([...await y.data()], [1, 0, 1, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function greater(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("less", b, a);
}

/**
 * `a >= b` as bool.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example NaN compares false
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, greaterEqual, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(greaterEqual(tensor([1, 2, NaN]), 2), reference);
 * assertEquals([...await y.data()], [0, 1, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function greaterEqual(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("lessEqual", b, a);
}

/**
 * `a == b` as bool, of any type.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example NaN is not equal to itself, -0 is equal to 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { equal, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(equal(tensor([1, NaN, 0]), tensor([1, NaN, -0])), reference);
 * assertEquals([...await y.data()], [1, 0, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("equal", a, b);
}

/**
 * `a != b` as bool, of any type; true for NaN.
 *
 * @param a Left.
 * @param b Right.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, notEqual, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(notEqual(tensor([1, NaN]), tensor([1, NaN])), reference);
 * assertEquals([...await y.data()], [0, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function notEqual(a: TensorLike, b: TensorLike): Tensor {
  return not(equal(a, b));
}

/**
 * True where x is NaN, regardless of the device's NaN arithmetic.
 *
 * @param x f32.
 *
 * @example Replacing missing values
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, isNaN, reference, tensor, where } from "@gasp/tensor";
 *
 * const x = tensor([1, NaN]);
 * const y = await evaluate(where(isNaN(x), 0, x), reference);
 * assertEquals([...await y.data()], [1, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function isNaN(x: Tensor): Tensor {
  return applyUnary("isNaN", x);
}

/**
 * True where x is neither infinite nor NaN.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, isFinite, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(isFinite(tensor([1, Infinity, NaN])), reference);
 * assertEquals([...await y.data()], [1, 0, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function isFinite(x: Tensor): Tensor {
  return applyUnary("isFinite", x);
}

/**
 * Logical and.
 *
 * @param a bool.
 * @param b bool.
 * @returns Tensor of the broadcast shape.
 *
 * @example Inside an interval
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { and, evaluate, greater, less, reference, tensor } from "@gasp/tensor";
 *
 * const x = tensor([1, 2, 3]);
 * const y = await evaluate(and(greater(x, 1), less(x, 3)), reference);
 * assertEquals([...await y.data()], [0, 1, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function and(a: Tensor, b: Tensor): Tensor {
  return applyBinary("and", a, b);
}

/**
 * Logical or.
 *
 * @param a bool.
 * @param b bool.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, or, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(or(tensor([true, false]), tensor([false, false])), reference);
 * assertEquals([...await y.data()], [1, 0]);
 * ```
 *
 * @category Element-wise operations
 */
export function or(a: Tensor, b: Tensor): Tensor {
  return applyBinary("or", a, b);
}

/**
 * Logical not.
 *
 * @param x bool.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, not, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(not(tensor([true, false])), reference);
 * assertEquals([...await y.data()], [0, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function not(x: Tensor): Tensor {
  return applyUnary("not", x);
}

/**
 * Selects from two tensors, element by element. No gradient flows through the value not selected, so a NaN there does
 * not propagate; the gradient of an operand of that value may still be NaN.
 *
 * @param condition bool.
 * @param ifTrue Selected where the condition is true.
 * @param ifFalse Selected elsewhere; same type.
 * @returns Tensor of the broadcast shape.
 * @throws {TypeError} If the condition is not bool or the types differ.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, greater, reference, tensor, where } from "@gasp/tensor";
 *
 * const x = tensor([-1, 2]);
 * const positive = await evaluate(where(greater(x, 0), x, 0), reference);
 * assert((await positive.data()).join() === "0,2");
 * ```
 *
 * @category Element-wise operations
 */
export function where(condition: Tensor, ifTrue: TensorLike, ifFalse: TensorLike): Tensor {
  requireTensor("where", condition);
  if (condition.dtype !== "bool") {
    throw new TypeError(`where needs a bool condition, got ${condition.dtype}: compare first`);
  }
  const [yes, no] = alike("where", ifTrue, ifFalse);
  const shape: Shape = broadcastShapes(condition.shape, broadcastShapes(yes.shape, no.shape));
  const inputs = [condition, yes, no].map((x) => broadcastTo(x, shape));
  return makeNode("where", {}, inputs, shape, yes.dtype);
}
