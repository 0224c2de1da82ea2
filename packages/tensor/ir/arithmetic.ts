/**
 * Semantics of each scalar operation of the kernel IR, on plain numbers: the definition used for constant folding
 * and the reference that both code generators are tested against.
 *
 * Where a device may differ, this file follows IEEE 754: `min` and `max` return NaN if either argument is NaN. Shifts
 * use the low five bits of the amount. Subnormal numbers are preserved.
 *
 * @module
 */
import { type DType, leastValue } from "./dtype.ts";
import type { ReductionKind, ScalarOp } from "./kernel.ts";

const ANY: readonly DType[] = ["f32", "i32", "u32", "bool"];
const NUMBER: readonly DType[] = ["f32", "i32", "u32"];
const SIGNED: readonly DType[] = ["f32", "i32"];
const FLOAT: readonly DType[] = ["f32"];
const INTEGER: readonly DType[] = ["i32", "u32"];
const BITS: readonly DType[] = ["i32", "u32", "bool"];
const BOOL: readonly DType[] = ["bool"];

/** Arity of each operation and the types it accepts (for `select`: the types of the two values). */
export const SIGNATURES: Readonly<
  Record<ScalarOp, { readonly arity: 1 | 2 | 3; readonly types: readonly DType[] }>
> = {
  add: { arity: 2, types: NUMBER },
  sub: { arity: 2, types: NUMBER },
  mul: { arity: 2, types: NUMBER },
  div: { arity: 2, types: FLOAT },
  min: { arity: 2, types: NUMBER },
  max: { arity: 2, types: NUMBER },
  neg: { arity: 1, types: SIGNED },
  abs: { arity: 1, types: SIGNED },
  sqrt: { arity: 1, types: FLOAT },
  floor: { arity: 1, types: FLOAT },
  ceil: { arity: 1, types: FLOAT },
  round: { arity: 1, types: FLOAT },
  trunc: { arity: 1, types: FLOAT },
  lt: { arity: 2, types: NUMBER },
  le: { arity: 2, types: NUMBER },
  eq: { arity: 2, types: ANY },
  ne: { arity: 2, types: ANY },
  and: { arity: 2, types: BITS },
  or: { arity: 2, types: BITS },
  xor: { arity: 2, types: INTEGER },
  shl: { arity: 2, types: INTEGER },
  shr: { arity: 2, types: INTEGER },
  not: { arity: 1, types: BOOL },
  select: { arity: 3, types: ANY },
  convert: { arity: 1, types: ANY },
  bitcast: { arity: 1, types: NUMBER },
};

/**
 * Returns the result of an empty reduction: its identity.
 *
 * @param kind How values are combined.
 * @param dtype Type of the values.
 */
export function emptyReduction(kind: ReductionKind, dtype: DType): number {
  if (kind === "max") return leastValue(dtype);
  return kind === "sum" ? 0 : 1;
}

const cell = new DataView(new ArrayBuffer(4));

/**
 * Converts an exact result to a type: rounds to f32, wraps to 32 bits, or maps to 0 or 1.
 *
 * @param dtype Type of the result.
 * @param value An exact or double-precision number; for integers, an integer of magnitude below 2^53.
 * @returns The value as represented in `dtype`.
 */
export function wrap(dtype: DType, value: number): number {
  switch (dtype) {
    case "f32":
      return Math.fround(value);
    case "i32":
      return value | 0;
    case "u32":
      return value >>> 0;
    case "bool":
      return value === 0 ? 0 : 1;
  }
}

/**
 * Rounds to the nearest integer, ties to even, as in IEEE 754 and on both devices.
 *
 * @param x Any number; the sign of zero is preserved.
 */
export function roundTiesToEven(x: number): number {
  const tie = Math.abs(x - Math.trunc(x)) === 0.5;
  return tie ? 2 * Math.round(x / 2) : Math.round(x);
}

/** Converts a float to an integer: truncates, saturates, NaN becomes 0. */
function truncateInto(dtype: "i32" | "u32", value: number): number {
  if (Number.isNaN(value)) return 0;
  const [low, high] = dtype === "i32" ? [-0x80000000, 0x7fffffff] : [0, 0xffffffff];
  return Math.min(Math.max(Math.trunc(value), low), high) + 0;
}

function convert(to: DType, from: DType, value: number): number {
  if (from === "f32" && (to === "i32" || to === "u32")) return truncateInto(to, value);
  return wrap(to, value);
}

function bitcast(to: DType, from: DType, value: number): number {
  if (from === "f32") cell.setFloat32(0, value);
  else cell.setUint32(0, value);
  if (to === "f32") return cell.getFloat32(0);
  return to === "i32" ? cell.getInt32(0) : cell.getUint32(0);
}

/**
 * Applies an operation to numbers that are already values of their types.
 *
 * @param op Operation.
 * @param dtype Type of the result.
 * @param from Type of the first argument.
 * @param args The arguments' values; one per operand.
 * @returns The result, a value of `dtype`.
 */
export function applyOp(op: ScalarOp, dtype: DType, from: DType, args: readonly number[]): number {
  const a = args[0] ?? NaN, b = args[1] ?? NaN, c = args[2] ?? NaN;
  switch (op) {
    case "add":
      return wrap(dtype, a + b);
    case "sub":
      return wrap(dtype, a - b);
    case "mul":
      return wrap(dtype, dtype === "f32" ? a * b : Math.imul(a, b));
    case "div":
      return wrap(dtype, a / b);
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
    case "neg":
      return wrap(dtype, -a);
    case "abs":
      return wrap(dtype, Math.abs(a));
    case "sqrt":
      return wrap(dtype, Math.sqrt(a));
    case "floor":
      return Math.floor(a);
    case "ceil":
      return Math.ceil(a);
    case "round":
      return roundTiesToEven(a);
    case "trunc":
      return Math.trunc(a);
    case "lt":
      return a < b ? 1 : 0;
    case "le":
      return a <= b ? 1 : 0;
    case "eq":
      return a === b ? 1 : 0;
    case "ne":
      return a !== b ? 1 : 0;
    case "and":
      return wrap(dtype, a & b);
    case "or":
      return wrap(dtype, a | b);
    case "xor":
      return wrap(dtype, a ^ b);
    case "shl":
      return wrap(dtype, a << b);
    case "shr":
      return dtype === "i32" ? a >> b : a >>> b;
    case "not":
      return 1 - a;
    case "select":
      return a !== 0 ? b : c;
    case "convert":
      return convert(dtype, from, a);
    case "bitcast":
      return bitcast(dtype, from, a);
  }
}
