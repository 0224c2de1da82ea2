/**
 * Matrix products.
 * @module
 */
import { broadcastShapes, showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { requireTensor } from "../shape/check.ts";
import { broadcastTo } from "../shape/movement.ts";

/**
 * Batched matrix product `[..., m, k] · [..., k, n] → [..., m, n]`. Leading axes broadcast; transposes and broadcasts
 * of the arguments are not materialised.
 *
 * @param a Left, f32, at least two axes.
 * @param b Right, f32, at least two axes.
 * @throws {RangeError} If the inner sizes differ or the leading axes do not broadcast.
 *
 * @example One matrix, two vectors: leading axes broadcast
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, matmul, reference, tensor } from "@gasp/tensor";
 *
 * const a = tensor([[1, 2], [3, 4]]), vectors = tensor([[[1], [0]], [[0], [1]]]);
 * const y = await evaluate(matmul(a, vectors), reference);
 * assertEquals(y.shape, [2, 2, 1]);
 * assertEquals([...await y.data()], [1, 3, 2, 4]);
 * ```
 *
 * @category Linear algebra
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  requireTensor("matmul", a);
  requireTensor("matmul", b);
  if (a.dtype !== "f32" || b.dtype !== "f32") {
    throw new TypeError(`matmul needs f32, got ${a.dtype} and ${b.dtype}: use cast()`);
  }
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 2]) {
    throw new RangeError(
      `matmul needs [..., m, k] and [..., k, n], got ${showShape(a.shape)} and ${showShape(b.shape)}`,
    );
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const left = broadcastTo(a, [...batch, ...a.shape.slice(-2)]);
  const right = broadcastTo(b, [...batch, ...b.shape.slice(-2)]);
  return makeNode("matmul", {}, [left, right], [...batch, a.shape[a.rank - 2]!, b.shape[b.rank - 1]!], "f32");
}
