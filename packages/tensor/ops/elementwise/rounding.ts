/**
 * Element-wise rounding, magnitudes and signs.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyUnary } from "./apply.ts";

/**
 * `|x|`; its derivative at 0 is 0.
 *
 * @param x f32 or i32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { abs, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(abs(tensor([3, -1])), reference);
 * assertEquals([...await y.data()], [3, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function abs(x: Tensor): Tensor {
  return applyUnary("abs", x);
}

/**
 * Sign: -1, 0 or 1; its derivative is 0.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, sign, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sign(tensor([-2, 0, 5])), reference);
 * assertEquals([...await y.data()], [-1, 0, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function sign(x: Tensor): Tensor {
  return applyUnary("sign", x);
}

/**
 * Rounds down to an integer; its derivative is 0.
 *
 * @param x f32.
 *
 * @example Towards -∞, unlike `trunc`
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, floor, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(floor(tensor([1.5, -1.5])), reference);
 * assertEquals([...await y.data()], [1, -2]);
 * ```
 *
 * @category Element-wise operations
 */
export function floor(x: Tensor): Tensor {
  return applyUnary("floor", x);
}

/**
 * Rounds up to an integer; its derivative is 0.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ceil, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(ceil(tensor([1.5, -1.5])), reference);
 * assertEquals([...await y.data()], [2, -1]);
 * ```
 *
 * @category Element-wise operations
 */
export function ceil(x: Tensor): Tensor {
  return applyUnary("ceil", x);
}

/**
 * Rounds towards 0; its derivative is 0.
 *
 * @param x f32.
 *
 * @example Towards 0, unlike `floor`
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tensor, trunc } from "@gasp/tensor";
 *
 * const y = await evaluate(trunc(tensor([1.5, -1.5])), reference);
 * assertEquals([...await y.data()], [1, -1]);
 * ```
 *
 * @category Element-wise operations
 */
export function trunc(x: Tensor): Tensor {
  return applyUnary("trunc", x);
}

/**
 * Rounds to the nearest integer, ties to even; its derivative is 0.
 *
 * @param x f32.
 *
 * @example Halves go to the even neighbour
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, round, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(round(tensor([0.5, 1.5, 2.5, 2.6])), reference);
 * assertEquals([...await y.data()], [0, 2, 2, 3]);
 * ```
 *
 * @category Element-wise operations
 */
export function round(x: Tensor): Tensor {
  return applyUnary("round", x);
}
