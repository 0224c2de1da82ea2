/**
 * Application of element-wise operations: checks types, converts numbers to tensors, broadcasts shapes. Internal.
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import { elementwise, type ElementwiseName } from "../../graph/elementwise.ts";
import { broadcastShapes } from "../../graph/shape.ts";
import { makeNode, Tensor } from "../../graph/tensor.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { scalar } from "../shape/constant.ts";
import { broadcastTo } from "../shape/movement.ts";

/**
 * A tensor, or a number that is converted to the type of the other argument.
 *
 * @category Element-wise operations
 */
export type TensorLike = Tensor | number;

/**
 * Applies an operation to each element of a tensor.
 *
 * @param name Operation.
 * @param x Its argument.
 * @throws {TypeError} If the operation does not support the type.
 */
export function applyUnary(name: ElementwiseName, x: Tensor): Tensor {
  requireType(name, x, elementwise[name].domain);
  return makeNode(name, {}, [x], x.shape, resultType(name, x.dtype));
}

/**
 * Applies an operation to pairs of elements.
 *
 * @param name Operation.
 * @param a Left operand.
 * @param b Right operand.
 * @returns Tensor of the broadcast shape.
 * @throws {TypeError} If the operation does not support the types.
 * @throws {RangeError} If the shapes do not broadcast.
 */
export function applyBinary(name: ElementwiseName, a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = alike(name, a, b);
  requireType(name, left, elementwise[name].domain);
  const shape = broadcastShapes(left.shape, right.shape);
  const inputs = [broadcastTo(left, shape), broadcastTo(right, shape)];
  return makeNode(name, {}, inputs, shape, resultType(name, left.dtype));
}

function resultType(name: ElementwiseName, dtype: DType): DType {
  const { result } = elementwise[name];
  return result === "same" ? dtype : result;
}

/**
 * Converts two arguments to tensors of one type.
 *
 * @param name Operation, for error messages.
 * @param a Left operand.
 * @param b Right operand.
 * @throws {TypeError} If the types differ.
 * @throws {RangeError} If a number is not representable in the type of the other argument.
 */
export function alike(name: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  for (const x of [a, b]) if (typeof x !== "number") requireTensor(name, x);
  const dtype = a instanceof Tensor ? a.dtype : b instanceof Tensor ? b.dtype : "f32";
  const left = a instanceof Tensor ? a : numberAs(name, a, dtype);
  const right = b instanceof Tensor ? b : numberAs(name, b, dtype);
  if (left.dtype !== right.dtype) {
    throw new TypeError(
      `${name} needs two tensors of one type, got ${left.dtype} and ${right.dtype}: use cast()`,
    );
  }
  return [left, right];
}

/** Converts a number to a tensor of a type. */
function numberAs(name: string, value: number, dtype: DType): Tensor {
  try {
    return scalar(value, dtype);
  } catch (cause) {
    const message = `${name} of ${dtype} and the number ${value}: ${(cause as Error).message}`;
    throw cause instanceof TypeError ? new TypeError(message, { cause }) : new RangeError(message, { cause });
  }
}
