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
 * import { evaluate, lessEqual, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(lessEqual(tensor([1, 2, 3]), 2));
 * assertEquals([...await y.data()], [1, 1, 0]);
 * ```
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
 * @example
 * ```ts
 * import { evaluate, greater, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(greater(tensor([1, 2, 3]), 2));
 * assertEquals([...await y.data()], [0, 0, 1]);
 * ```
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
 * @example
 * ```ts
 * import { evaluate, greaterEqual, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(greaterEqual(tensor([1, 2, 3]), 2));
 * assertEquals([...await y.data()], [0, 1, 1]);
 * ```
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
 * @example
 * ```ts
 * import { equal, evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(equal(tensor([1, 2, 3]), 2));
 * assertEquals([...await y.data()], [0, 1, 0]);
 * ```
 */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return applyBinary("equal", a, b);
}

/**
 * `a != b` as bool, of any type; true for NaN. @param a Left. @param b Right. @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { evaluate, notEqual, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(notEqual(tensor([1, 2, 3]), 2));
 * assertEquals([...await y.data()], [1, 0, 1]);
 * ```
 */
export function notEqual(a: TensorLike, b: TensorLike): Tensor {
  return not(equal(a, b));
}

/**
 * True where x is NaN, regardless of the device's NaN arithmetic.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, isNaN, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(isNaN(tensor([0, NaN])));
 * assertEquals([...await y.data()], [0, 1]);
 * ```
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
 * import { evaluate, isFinite, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(isFinite(tensor([0, Infinity])));
 * assertEquals([...await y.data()], [1, 0]);
 * ```
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
 * @example
 * ```ts
 * import { and, evaluate, greater, less, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(and(less(tensor([1, 5]), 3), greater(tensor([1, 5]), 0)));
 * assertEquals([...await y.data()], [1, 0]);
 * ```
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
 * import { evaluate, greater, less, or, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(or(less(tensor([1, 5]), 3), greater(tensor([1, 5]), 4)));
 * assertEquals([...await y.data()], [1, 1]);
 * ```
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
 * import { evaluate, less, not, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(not(less(tensor([1, 5]), 3)));
 * assertEquals([...await y.data()], [0, 1]);
 * ```
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
