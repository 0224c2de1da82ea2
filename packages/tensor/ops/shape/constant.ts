/**
 * Constant tensors. They are part of the program and use no memory.
 * @module
 */
import { type DType, DTYPES } from "../../ir/dtype.ts";
import { checkShape, type Shape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { requireTensor } from "./check.ts";
import { broadcastTo } from "./movement.ts";

/** Ranges of the integer types. */
const RANGES = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], bool: [0, 1] } as const;

/**
 * A constant of shape `[]`; part of the program, not stored.
 *
 * @param value Value; an integer in the range of the type unless that is f32.
 * @param dtype Type.
 * @throws {RangeError} If the value is not representable in the type.
 * @throws {TypeError} If the type is unknown.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { scalar } from "@gasp/tensor";
 *
 * assert(scalar(2.5).shape.length === 0);
 * ```
 *
 * @category Tensors
 */
export function scalar(value: number, dtype: DType = "f32"): Tensor {
  checkConstant(value, dtype);
  return makeNode("constant", { value }, [], [], dtype);
}

function checkConstant(value: number, dtype: DType): void {
  if (!DTYPES.includes(dtype)) throw new TypeError(`unknown type ${dtype}: use ${DTYPES.join(", ")}`);
  if (typeof value !== "number") throw new TypeError(`a constant must be a number, got ${String(value)}`);
  if (dtype === "f32") return;
  const [low, high] = RANGES[dtype];
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(
    `${dtype} holds integers from ${low} to ${high}, got ${value}: use f32 or cast()`,
  );
}

/**
 * A tensor filled with one value.
 *
 * @param shape Shape.
 * @param value Value.
 * @param dtype Type.
 * @throws {RangeError} If the value is not representable in the type, or a size is not an integer from 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, full, reference } from "@gasp/tensor";
 *
 * const y = await evaluate(full([2, 2], 7), reference);
 * assertEquals([...await y.data()], [7, 7, 7, 7]);
 * ```
 *
 * @category Tensors
 */
export function full(shape: Shape, value: number, dtype: DType = "f32"): Tensor {
  checkShape(shape);
  return broadcastTo(scalar(value, dtype), shape);
}

/**
 * Zeros.
 *
 * @param shape Shape.
 * @param dtype Type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { zeros } from "@gasp/tensor";
 *
 * const x = zeros([2, 3], "i32");
 * assertEquals([x.shape, x.dtype], [[2, 3], "i32"]);
 * ```
 *
 * @category Tensors
 */
export function zeros(shape: Shape, dtype: DType = "f32"): Tensor {
  return full(shape, 0, dtype);
}

/**
 * Ones.
 *
 * @param shape Shape.
 * @param dtype Type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { add, evaluate, ones, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(add(ones([3]), tensor([1, 2, 3])), reference);
 * assertEquals([...await y.data()], [2, 3, 4]);
 * ```
 *
 * @category Tensors
 */
export function ones(shape: Shape, dtype: DType = "f32"): Tensor {
  return full(shape, 1, dtype);
}

/**
 * Zeros of the shape and type of a tensor.
 *
 * @param x Any tensor.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tensor, zerosLike } from "@gasp/tensor";
 *
 * const x = zerosLike(tensor(Int32Array.of(5, 6)));
 * assertEquals([x.shape, x.dtype], [[2], "i32"]);
 * ```
 *
 * @category Tensors
 */
export function zerosLike(x: Tensor): Tensor {
  requireTensor("zerosLike", x);
  return zeros(x.shape, x.dtype);
}

/**
 * Ones of the shape and type of a tensor.
 *
 * @param x Any tensor.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, onesLike, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(onesLike(tensor([[5, 6]])), reference);
 * assertEquals([...await y.data()], [1, 1]);
 * ```
 *
 * @category Tensors
 */
export function onesLike(x: Tensor): Tensor {
  requireTensor("onesLike", x);
  return ones(x.shape, x.dtype);
}
