/**
 * Builders of kernel IR expressions: they infer the result type, reject operations the code generators do not
 * support, and fold constants. A folded constant may be infinite or NaN, like one built by `constant()`.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import { applyOp, SIGNATURES, wrap } from "./arithmetic.ts";
import type { Scalar, ScalarOp } from "./kernel.ts";

/** Unary operations whose result has the type of the operand. */
export type UnaryOp = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "round" | "trunc" | "not";

/** Binary operations whose result has the type of the operands. */
export type BinaryOp = "add" | "sub" | "mul" | "div" | "min" | "max" | "and" | "or" | "xor" | "shl" | "shr";

/** Binary operations with a boolean result. */
export type CompareOp = "lt" | "le" | "eq" | "ne";

/** Builds a node; `operands` are the arguments whose types must agree. */
function apply(op: ScalarOp, dtype: DType, args: readonly Scalar[], operands = args): Scalar {
  const types = operands.map((operand) => operand.dtype);
  const first = types[0] ?? dtype;
  if (!SIGNATURES[op].types.includes(first) || types.some((type) => type !== first)) {
    throw new TypeError(
      `${op} expects arguments of one type out of ${SIGNATURES[op].types.join(", ")}, got ${
        types.join(", ")
      }`,
    );
  }
  const values: number[] = [];
  for (const arg of args) if (arg.op === "const") values.push(arg.value);
  if (values.length === args.length) {
    return { op: "const", dtype, value: applyOp(op, dtype, first, values) };
  }
  return { op, dtype, args };
}

function isOne(scalar: Scalar): boolean {
  return scalar.op === "const" && scalar.value === 1;
}

/**
 * Builds a constant.
 *
 * @param dtype Type.
 * @param value Value; rounded for f32, 0 or 1 for `bool`.
 * @returns The expression.
 * @throws {RangeError} If the value is not representable in the type.
 */
export function constant(dtype: DType, value: number): Scalar {
  const held = wrap(dtype, value);
  if (dtype !== "f32" && held !== value) {
    throw new RangeError(`${dtype} cannot represent the constant ${value}`);
  }
  return { op: "const", dtype, value: held };
}

/**
 * `op(a)`.
 *
 * @param op Operation.
 * @param a Argument.
 * @returns The expression, of the type of `a`.
 * @throws {TypeError} If the operation does not accept that type.
 */
export function unary(op: UnaryOp, a: Scalar): Scalar {
  return apply(op, a.dtype, [a]);
}

/**
 * `a op b`.
 *
 * @param op Operation.
 * @param a Left argument.
 * @param b Right argument, of the type of `a`.
 * @returns The expression, of the type of `a`.
 * @throws {TypeError} If the operation does not accept these types.
 */
export function binary(op: BinaryOp, a: Scalar, b: Scalar): Scalar {
  const result = apply(op, a.dtype, [a, b]);
  if ((op === "mul" || op === "div") && isOne(b)) return a;
  return op === "mul" && isOne(a) ? b : result;
}

/**
 * `a op b` as a bool; for `a > b` swap the arguments of `lt`.
 *
 * @param op Comparison.
 * @param a Left argument.
 * @param b Right argument, of the type of `a`.
 * @returns The expression, of type bool.
 * @throws {TypeError} If the operation does not accept these types.
 */
export function compare(op: CompareOp, a: Scalar, b: Scalar): Scalar {
  return apply(op, "bool", [a, b]);
}

/**
 * `condition ? ifTrue : ifFalse`; both values are computed.
 *
 * @param condition A bool.
 * @param ifTrue Value where the condition holds.
 * @param ifFalse Value elsewhere, of the same type.
 * @returns The expression.
 * @throws {TypeError} If the condition is not a bool or the types of the values differ.
 */
export function select(condition: Scalar, ifTrue: Scalar, ifFalse: Scalar): Scalar {
  if (condition.dtype !== "bool") {
    throw new TypeError(`select expects a bool condition, got ${condition.dtype}`);
  }
  const result = apply("select", ifTrue.dtype, [condition, ifTrue, ifFalse], [ifTrue, ifFalse]);
  if (condition.op === "const") return condition.value === 0 ? ifFalse : ifTrue;
  return ifTrue === ifFalse ? ifTrue : result;
}

/**
 * Converts a value: f32 to integer truncates and saturates, integer to f32 rounds, i32 to u32 and back preserves bits.
 *
 * @param x Value.
 * @param dtype Target type.
 * @returns The expression; `x` itself if it has that type.
 */
export function convert(x: Scalar, dtype: DType): Scalar {
  return x.dtype === dtype ? x : apply("convert", dtype, [x]);
}

/**
 * Reinterprets 32 bits as another type.
 *
 * @param x Value of type f32, i32 or u32.
 * @param dtype Target type: f32, i32 or u32.
 * @returns The expression; `x` itself if it has that type.
 * @throws {TypeError} If either type is bool.
 */
export function bitcast(x: Scalar, dtype: DType): Scalar {
  if (dtype === "bool") throw new TypeError("bitcast expects f32, i32 or u32, got bool");
  return x.dtype === dtype ? x : apply("bitcast", dtype, [x]);
}
