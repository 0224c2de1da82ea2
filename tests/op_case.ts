/**
 * Test cases of operations: inputs, the call, and a formula of an element of the result. Cases are used for forward values,
 * gradients and all devices.
 *
 * @module
 */
import { type DType, type HostArray, type Shape, showShape, sizeOf, type Tensor, tensor } from "@gasp/tensor";

/** Host values with their shape. */
export interface HostInput {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: HostArray;
}

/** Reads an element by index, with broadcasting: indices align at the last axis, and axes of size 1 repeat. */
export type Reader = (...index: number[]) => number;

/** Computes an element of the result from its index and readers of the inputs. */
export type Formula = (index: readonly number[], ...inputs: Reader[]) => number;

/** A call of an operation. */
export interface OpCase {
  /** Operation and shapes, for messages. */
  readonly name: string;
  /** Name of the exported function. */
  readonly op: string;
  readonly inputs: readonly HostInput[];
  readonly fn: (...inputs: Tensor[]) => Tensor;
  /** For each input, whether the call is differentiable by it at these values. */
  readonly differentiable: readonly boolean[];
  readonly formula: Formula;
}

/** Options of {@link opCase}. */
export interface CaseOptions {
  /** Whether the call is differentiable by its f32 inputs at these values; default true. */
  readonly smooth?: boolean;
  /** Suffix of the name. */
  readonly note?: string;
}

/**
 * Creates a case, named by its shapes.
 *
 * @param op Name of the exported function.
 * @param inputs Inputs.
 * @param fn Call.
 * @param formula Definition of the result.
 * @param options Differentiability and suffix.
 */
export function opCase(
  op: string,
  inputs: readonly HostInput[],
  fn: (...inputs: Tensor[]) => Tensor,
  formula: Formula,
  options: CaseOptions = {},
): OpCase {
  const shapes = inputs.map(({ shape, dtype }) => (dtype === "f32" ? "" : dtype) + showShape(shape));
  const note = options.note ? ` ${options.note}` : "";
  return {
    name: `${op}(${shapes.join(", ")})${note}`,
    op,
    inputs,
    fn,
    differentiable: inputs.map(({ dtype }) => dtype === "f32" && options.smooth !== false),
    formula,
  };
}

/**
 * Returns distinct f32 values between two bounds, where neighbours differ: multiples of the golden ratio modulo 1.
 *
 * @param shape Shape.
 * @param seed Seed.
 * @param low Lower bound.
 * @param high Upper bound.
 */
export function floats(shape: Shape, seed = 1, low = -2, high = 2): HostInput {
  const golden = (Math.sqrt(5) - 1) / 2, offset = Math.sqrt(seed + 1);
  const values = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => low + (high - low) * ((offset + (i + 1) * golden) % 1),
  );
  return { shape, dtype: "f32", values };
}

/**
 * Returns small integers: -4 to 4 for i32, 0 to 8 for u32, 0 and 1 for bool.
 *
 * @param shape Shape.
 * @param dtype Type.
 * @param seed Seed.
 */
export function integers(shape: Shape, dtype: "i32" | "u32" | "bool", seed = 1): HostInput {
  const size = sizeOf(shape);
  const scattered = (i: number, count: number) => (i * 7 + seed * 3 + Math.floor(i / 3)) % count;
  if (dtype === "i32") {
    return { shape, dtype, values: Int32Array.from({ length: size }, (_, i) => scattered(i, 9) - 4) };
  }
  const count = dtype === "bool" ? 2 : 9;
  return { shape, dtype, values: Uint32Array.from({ length: size }, (_, i) => scattered(i, count)) };
}

/**
 * Returns given f32 values as an input.
 *
 * @param values Values.
 * @param shape Shape; default: one axis.
 */
export function listed(values: readonly number[], shape: Shape = [values.length]): HostInput {
  return { shape, dtype: "f32", values: Float32Array.from(values) };
}

/**
 * Converts an input to a concrete tensor.
 *
 * @param input Host values.
 */
export function toTensor({ values, shape, dtype }: HostInput): Tensor {
  return tensor(values, shape, dtype);
}

/**
 * Returns a reader of an input.
 *
 * @param input Host values.
 */
export function readerOf({ values, shape }: HostInput): Reader {
  return (...index) => {
    let position = 0;
    shape.forEach((size, axis) => {
      const at = index[index.length - shape.length + axis]!;
      position = position * size + (size === 1 ? 0 : at);
    });
    return values[position]!;
  };
}

/**
 * Lists the indices of a shape in row-major order.
 *
 * @param shape Shape.
 */
export function indicesOf(shape: Shape): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return index;
  });
}

/**
 * Computes the result of a case by its formula.
 *
 * @param opCase Case.
 * @param shape Shape of the result.
 */
export function expectedValues({ inputs, formula }: OpCase, shape: Shape): number[] {
  const readers = inputs.map(readerOf);
  return indicesOf(shape).map((index) => formula(index, ...readers));
}
