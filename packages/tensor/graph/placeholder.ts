/**
 * Tensors with a shape but no elements.
 * @module
 */
import type { DType } from "../ir/dtype.ts";
import { checkShape, type Shape } from "./shape.ts";
import { makeNode, type Tensor } from "./tensor.ts";

/**
 * Creates an abstract tensor, for `plan()` of a compiled function, which only uses shapes and types.
 *
 * @param shape Shape.
 * @param dtype Element type. Default: `f32`.
 * @returns A tensor that cannot be evaluated.
 * @throws {RangeError} If a size is not a non-negative integer.
 *
 * @example Memory of a product
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compile, matmul, openDevice, placeholder, type Tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using product = compile((a: Tensor, b: Tensor) => matmul(a, b), { device });
 * const { externalBytes } = await product.plan(placeholder([1000, 64]), placeholder([64, 10]));
 * assertEquals(externalBytes, 4 * (1000 * 64 + 64 * 10 + 1000 * 10));
 * ```
 *
 * @category Compilation
 */
export function placeholder(shape: Shape, dtype: DType = "f32"): Tensor {
  checkShape(shape);
  return makeNode("input", {}, [], [...shape], dtype);
}
