/**
 * The table of element-wise operations. One record defines an operation: its arity, the type of its result, its cost,
 * its scalar expression for the kernel IR and its reference in double precision. Gradients are in the autograd
 * package's own table, which does not compile while a rule is missing.
 * @module
 */
import type { DType } from "../ir/dtype.ts";
import type { Scalar } from "../ir/kernel.ts";
import { roundTiesToEven } from "../ir/arithmetic.ts";
import { binary, compare, constant, convert, select, unary } from "../ir/build.ts";
import {
  expandAcos,
  expandAsin,
  expandAtan,
  expandAtan2,
  expandCos,
  expandCos2pi,
  expandCosh,
  expandErf,
  expandExp,
  expandExpm1,
  expandIsFinite,
  expandIsNaN,
  expandLog,
  expandLog1p,
  expandOrderKey,
  expandPow,
  expandRemainder,
  expandSigmoid,
  expandSin,
  expandSin2pi,
  expandSinh,
  expandTan,
  expandTanh,
} from "../ir/functions/mod.ts";
import { erf, floorRemainder, orderKey, power, withinTurn } from "../ir/functions/reference.ts";

/** Types that an operation accepts. */
type Domain = readonly DType[];
const REAL: Domain = ["f32"];
const NUMERIC: Domain = ["f32", "i32", "u32"];
const BOOL: Domain = ["bool"];
const ANY: Domain = ["f32", "i32", "u32", "bool"];

/**
 * One element-wise operation.
 *
 * @category Compiler
 */
export interface ElementwiseOp {
  /** Number of arguments. */
  readonly arity: 1 | 2 | 3;
  /** Types of the arguments (all the same; `where` and `cast` have their own rule). */
  readonly domain: readonly DType[];
  /** Type of the result: that of the arguments, or a fixed type. */
  readonly result: "same" | "bool" | "i32";
  /**
   * Cost per element; an addition costs 1, a load from memory about 8. The compiler compares it with a store and
   * several loads to decide what to recompute.
   */
  readonly cost: number;
  /** Builds the expression of one element. */
  readonly scalar: (...args: Scalar[]) => Scalar;
  /** Reference in double precision; booleans are 0 and 1, and integers wrap afterwards. */
  readonly reference: (...args: number[]) => number;
}

type Unary = (a: Scalar) => Scalar;
type Binary = (a: Scalar, b: Scalar) => Scalar;

/** Creates a unary operation. */
function unaryRecord(
  domain: Domain,
  cost: number,
  scalar: Unary,
  reference: (a: number) => number,
  result: ElementwiseOp["result"] = "same",
): ElementwiseOp {
  return {
    arity: 1,
    domain,
    result,
    cost,
    scalar: scalar as ElementwiseOp["scalar"],
    reference: reference as ElementwiseOp["reference"],
  };
}

/** Creates a binary operation. */
function binaryRecord(
  domain: Domain,
  cost: number,
  scalar: Binary,
  reference: (a: number, b: number) => number,
  result: ElementwiseOp["result"] = "same",
): ElementwiseOp {
  return {
    arity: 2,
    domain,
    result,
    cost,
    scalar: scalar as ElementwiseOp["scalar"],
    reference: reference as ElementwiseOp["reference"],
  };
}

const f32 = (value: number) => constant("f32", value);

/** softplus(x) = max(x, 0) + log1p(exp(-|x|)), without overflow or loss of precision. */
function softplusScalar(x: Scalar): Scalar {
  return binary("add", binary("max", x, f32(0)), expandLog1p(expandExp(unary("neg", unary("abs", x)))));
}

/** Zeros and NaN are their own sign. */
function signScalar(x: Scalar): Scalar {
  const negative = select(compare("lt", x, f32(0)), f32(-1), x);
  return select(compare("lt", f32(0), x), f32(1), negative);
}

/**
 * Name of an element-wise operation.
 *
 * @category Compiler
 */
export type ElementwiseName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "remainder"
  | "pow"
  | "atan2"
  | "maximum"
  | "minimum"
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "ceil"
  | "trunc"
  | "round"
  | "sqrt"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "sin2pi"
  | "cos2pi"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "softplus"
  | "less"
  | "lessEqual"
  | "equal"
  | "isNaN"
  | "isFinite"
  | "orderKey"
  | "and"
  | "or"
  | "not"
  | "where"
  | "cast";

/**
 * Every element-wise operation by name.
 *
 * @category Compiler
 */
export const elementwise: Readonly<Record<ElementwiseName, ElementwiseOp>> = {
  add: binaryRecord(NUMERIC, 1, (a, b) => binary("add", a, b), (a, b) => a + b),
  sub: binaryRecord(NUMERIC, 1, (a, b) => binary("sub", a, b), (a, b) => a - b),
  mul: binaryRecord(NUMERIC, 1, (a, b) => binary("mul", a, b), (a, b) => a * b),
  div: binaryRecord(REAL, 4, (a, b) => binary("div", a, b), (a, b) => a / b),
  /** Floored modulo: has the sign of the divisor. */
  remainder: binaryRecord(REAL, 24, expandRemainder, floorRemainder),
  pow: binaryRecord(REAL, 64, expandPow, power),
  atan2: binaryRecord(REAL, 30, expandAtan2, Math.atan2),
  maximum: binaryRecord(NUMERIC, 1, (a, b) => binary("max", a, b), Math.max),
  minimum: binaryRecord(NUMERIC, 1, (a, b) => binary("min", a, b), Math.min),
  neg: unaryRecord(["f32", "i32"], 1, (a) => unary("neg", a), (a) => -a),
  abs: unaryRecord(["f32", "i32"], 1, (a) => unary("abs", a), Math.abs),
  sign: unaryRecord(REAL, 1, signScalar, Math.sign),
  floor: unaryRecord(REAL, 1, (a) => unary("floor", a), Math.floor),
  ceil: unaryRecord(REAL, 1, (a) => unary("ceil", a), Math.ceil),
  trunc: unaryRecord(REAL, 1, (a) => unary("trunc", a), Math.trunc),
  /** Ties to even, as IEEE 754 and both devices do. */
  round: unaryRecord(REAL, 1, (a) => unary("round", a), roundTiesToEven),
  sqrt: unaryRecord(REAL, 6, (a) => unary("sqrt", a), Math.sqrt),
  exp: unaryRecord(REAL, 12, expandExp, Math.exp),
  expm1: unaryRecord(REAL, 16, expandExpm1, Math.expm1),
  log: unaryRecord(REAL, 14, expandLog, Math.log),
  log1p: unaryRecord(REAL, 20, expandLog1p, Math.log1p),
  sin: unaryRecord(REAL, 16, expandSin, Math.sin),
  cos: unaryRecord(REAL, 16, expandCos, Math.cos),
  tan: unaryRecord(REAL, 24, expandTan, Math.tan),
  sin2pi: unaryRecord(REAL, 6, expandSin2pi, (a) => Math.sin(withinTurn(a))),
  cos2pi: unaryRecord(REAL, 6, expandCos2pi, (a) => Math.cos(withinTurn(a))),
  asin: unaryRecord(REAL, 28, expandAsin, Math.asin),
  acos: unaryRecord(REAL, 28, expandAcos, Math.acos),
  atan: unaryRecord(REAL, 24, expandAtan, Math.atan),
  sinh: unaryRecord(REAL, 36, expandSinh, Math.sinh),
  cosh: unaryRecord(REAL, 32, expandCosh, Math.cosh),
  tanh: unaryRecord(REAL, 16, expandTanh, Math.tanh),
  erf: unaryRecord(REAL, 28, expandErf, erf),
  sigmoid: unaryRecord(REAL, 16, expandSigmoid, (a) => 1 / (1 + Math.exp(-a))),
  softplus: unaryRecord(REAL, 28, softplusScalar, (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))),
  less: binaryRecord(NUMERIC, 1, (a, b) => compare("lt", a, b), (a, b) => Number(a < b), "bool"),
  lessEqual: binaryRecord(NUMERIC, 1, (a, b) => compare("le", a, b), (a, b) => Number(a <= b), "bool"),
  equal: binaryRecord(ANY, 1, (a, b) => compare("eq", a, b), (a, b) => Number(a === b), "bool"),
  isNaN: unaryRecord(REAL, 2, expandIsNaN, (a) => Number(Number.isNaN(a)), "bool"),
  isFinite: unaryRecord(REAL, 2, expandIsFinite, (a) => Number(Number.isFinite(a)), "bool"),
  /** An integer key in the order of the f32 numbers, NaN above all: used by searches and sorts. */
  orderKey: unaryRecord(REAL, 5, expandOrderKey, orderKey, "i32"),
  and: binaryRecord(BOOL, 1, (a, b) => binary("and", a, b), (a, b) => Number(a !== 0 && b !== 0)),
  or: binaryRecord(BOOL, 1, (a, b) => binary("or", a, b), (a, b) => Number(a !== 0 || b !== 0)),
  not: unaryRecord(BOOL, 1, (a) => unary("not", a), (a) => Number(a === 0)),
  where: {
    arity: 3,
    domain: ANY,
    result: "same",
    cost: 1,
    scalar: (c, a, b) => select(c!, a!, b!),
    reference: (c, a, b) => (c !== 0 ? a! : b!),
  },
  /** The IR's `convert`; its type is that of the node. */
  cast: unaryRecord(ANY, 1, (a) => a, (a) => a),
};

/**
 * Returns whether a primitive is an element-wise operation.
 *
 * @param name Name of a primitive.
 * @category Compiler
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isElementwise } from "@gasp/tensor/compiler";
 *
 * assertEquals([isElementwise("tanh"), isElementwise("matmul")], [true, false]);
 * ```
 */
export function isElementwise(name: string): name is ElementwiseName {
  return Object.hasOwn(elementwise, name);
}

/**
 * Builds the scalar expression of one element of an element-wise node.
 *
 * @param name The operation.
 * @param dtype Type of the result.
 * @param args Expressions of the arguments.
 */
export function elementwiseScalar(name: ElementwiseName, dtype: DType, args: readonly Scalar[]): Scalar {
  return name === "cast" ? convert(args[0]!, dtype) : elementwise[name].scalar(...args);
}
