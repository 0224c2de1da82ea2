/**
 * Element-wise trigonometric functions and their inverses.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyBinary, applyUnary, type TensorLike } from "./apply.ts";

/**
 * Sine.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, reference, sin, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sin(tensor([0, Math.PI / 2])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, 1.0, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function sin(x: Tensor): Tensor {
  return applyUnary("sin", x);
}

/**
 * Cosine.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { cos, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(cos(tensor([0, Math.PI / 3])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 1);
 * assertAlmostEquals(second!, 0.5, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function cos(x: Tensor): Tensor {
  return applyUnary("cos", x);
}

/**
 * Tangent.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, reference, tan, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(tan(tensor([0, Math.PI / 4])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, 1.0, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function tan(x: Tensor): Tensor {
  return applyUnary("tan", x);
}

/**
 * `sin 2πx`.
 *
 * @param x f32, in turns; accurate everywhere.
 *
 * @example Whole turns make no difference, however many
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { evaluate, reference, sin2pi, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sin2pi(tensor([0.25, 1000.25])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, 1.0, 1e-6);
 * assertAlmostEquals(second!, 1.0, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function sin2pi(x: Tensor): Tensor {
  return applyUnary("sin2pi", x);
}

/**
 * `cos 2πx`.
 *
 * @param x f32, in turns; accurate everywhere.
 *
 * @example Whole turns make no difference, however many
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { cos2pi, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(cos2pi(tensor([0, 0.5, 1000.5])), reference);
 * const [first, second, third] = await y.data();
 * assertEquals(first, 1);
 * assertAlmostEquals(second!, -1.0, 1e-6);
 * assertAlmostEquals(third!, -1.0, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function cos2pi(x: Tensor): Tensor {
  return applyUnary("cos2pi", x);
}

/**
 * Arc sine, in [-π/2, π/2].
 *
 * @param x f32 in [-1, 1]; other values yield NaN.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { asin, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(asin(tensor([1, 2])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, Math.PI / 2, 1e-6);
 * assertEquals(second, NaN);
 * ```
 *
 * @category Element-wise operations
 */
export function asin(x: Tensor): Tensor {
  return applyUnary("asin", x);
}

/**
 * Arc cosine, in [0, π].
 *
 * @param x f32 in [-1, 1]; other values yield NaN.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { acos, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(acos(tensor([-1, 2])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, Math.PI, 1e-6);
 * assertEquals(second, NaN);
 * ```
 *
 * @category Element-wise operations
 */
export function acos(x: Tensor): Tensor {
  return applyUnary("acos", x);
}

/**
 * Arc tangent, in [-π/2, π/2].
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { atan, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(atan(tensor([1, Infinity])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, Math.PI / 4, 1e-6);
 * assertAlmostEquals(second!, Math.PI / 2, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function atan(x: Tensor): Tensor {
  return applyUnary("atan", x);
}

/**
 * Angle of the point (x, y), in [-π, π]; signed zeros behave as in IEEE 754. The derivative at the origin is NaN.
 *
 * @param y f32.
 * @param x f32.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { atan2, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const angles = await (await evaluate(atan2(tensor([0, 1]), tensor([1, 0])), reference)).data();
 * assert(angles[0] === 0 && Math.abs(angles[1]! - Math.PI / 2) < 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function atan2(y: TensorLike, x: TensorLike): Tensor {
  return applyBinary("atan2", y, x);
}
