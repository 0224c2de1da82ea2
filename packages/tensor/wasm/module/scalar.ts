/**
 * Emits the scalar operations of the kernel IR as SIMD instructions. Every value is a v128 of four lanes: f32, i32
 * or u32, or for bool a mask of all ones or zeros.
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import type { ScalarOp } from "../../ir/kernel.ts";
import type { Features } from "./features.ts";
import type { FunctionBuilder } from "./function_builder.ts";
import type { PlainOp } from "./opcodes.ts";

const bits = new DataView(new ArrayBuffer(4));

/** Returns the 32 bits of a value of a type; true is all ones. */
export function constantBits(dtype: DType, value: number): number {
  if (dtype === "bool") return value === 0 ? 0 : -1;
  if (dtype === "f32") bits.setFloat32(0, value);
  else bits.setInt32(0, value);
  return bits.getInt32(0);
}

const ONE = constantBits("f32", 1);

/** Instruction by the type of the operands: f32, i32, u32, bool. */
const INSTRUCTIONS: Partial<Record<ScalarOp, Partial<Record<DType, PlainOp>>>> = {
  add: { f32: "f32x4.add", i32: "i32x4.add", u32: "i32x4.add" },
  sub: { f32: "f32x4.sub", i32: "i32x4.sub", u32: "i32x4.sub" },
  mul: { f32: "f32x4.mul", i32: "i32x4.mul", u32: "i32x4.mul" },
  div: { f32: "f32x4.div" },
  min: { f32: "f32x4.min", i32: "i32x4.min_s", u32: "i32x4.min_u" },
  max: { f32: "f32x4.max", i32: "i32x4.max_s", u32: "i32x4.max_u" },
  neg: { f32: "f32x4.neg", i32: "i32x4.neg" },
  abs: { f32: "f32x4.abs", i32: "i32x4.abs" },
  sqrt: { f32: "f32x4.sqrt" },
  floor: { f32: "f32x4.floor" },
  ceil: { f32: "f32x4.ceil" },
  round: { f32: "f32x4.nearest" },
  trunc: { f32: "f32x4.trunc" },
  lt: { f32: "f32x4.lt", i32: "i32x4.lt_s", u32: "i32x4.lt_u" },
  le: { f32: "f32x4.le", i32: "i32x4.le_s", u32: "i32x4.le_u" },
  eq: { f32: "f32x4.eq", i32: "i32x4.eq", u32: "i32x4.eq", bool: "i32x4.eq" },
  ne: { f32: "f32x4.ne", i32: "i32x4.ne", u32: "i32x4.ne", bool: "v128.xor" },
  and: { i32: "v128.and", u32: "v128.and", bool: "v128.and" },
  or: { i32: "v128.or", u32: "v128.or", bool: "v128.or" },
  xor: { i32: "v128.xor", u32: "v128.xor" },
  not: { bool: "v128.not" },
};

/**
 * Emits an operation whose arguments are on the stack.
 *
 * @param f Function under construction.
 * @param op Operation; `select` expects its arguments in the order value if true, value if false, condition, and
 *   shifts are emitted by {@link printShift}.
 * @param to Type of the result.
 * @param from Type of the first argument.
 * @param features Features of the engine.
 */
export function printOp(f: FunctionBuilder, op: ScalarOp, to: DType, from: DType, features: Features): void {
  switch (op) {
    case "select":
      f.op(features.relaxed ? "i32x4.relaxed_laneselect" : "v128.bitselect");
      return;
    case "convert":
      return printConvert(f, to, from);
    case "bitcast":
      return;
    default: {
      const instruction = INSTRUCTIONS[op]?.[from];
      if (!instruction) throw new TypeError(`the kernel IR has no operation ${op} on ${from}`);
      f.op(instruction);
    }
  }
}

function printConvert(f: FunctionBuilder, to: DType, from: DType): void {
  if (to === from) return;
  if (to === "bool") f.splat(0).op(from === "f32" ? "f32x4.ne" : "i32x4.ne");
  else if (from === "bool") f.splat(to === "f32" ? ONE : 1).op("v128.and");
  else if (to === "f32") f.op(from === "i32" ? "f32x4.convert_i32x4_s" : "f32x4.convert_i32x4_u");
  else if (from === "f32") f.op(to === "i32" ? "i32x4.trunc_sat_f32x4_s" : "i32x4.trunc_sat_f32x4_u");
}

/**
 * Emits a shift of each lane by its own amount.
 *
 * @param f Function under construction.
 * @param op `shl` or `shr`.
 * @param dtype Type of the value.
 * @param value Pushes the value.
 * @param amount Pushes the amounts, or the amount if all lanes have the same.
 */
export function printShift(
  f: FunctionBuilder,
  op: "shl" | "shr",
  dtype: DType,
  value: () => void,
  amount: number | (() => void),
): void {
  if (typeof amount === "number") {
    value();
    f.i32(amount).op(op === "shl" ? "i32x4.shl" : dtype === "i32" ? "i32x4.shr_s" : "i32x4.shr_u");
    return;
  }
  const lanes = f.local("v128"), by = f.local("v128");
  value();
  f.set(lanes);
  amount();
  f.set(by).get(lanes);
  for (let lane = 0; lane < 4; lane++) {
    f.get(lanes).lane("i32x4.extract_lane", lane).get(by).lane("i32x4.extract_lane", lane);
    f.op(op === "shl" ? "i32.shl" : dtype === "i32" ? "i32.shr_s" : "i32.shr_u").lane(
      "i32x4.replace_lane",
      lane,
    );
  }
}
