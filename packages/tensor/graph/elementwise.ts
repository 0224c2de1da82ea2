/**
 * The table of element-wise operations. One record is all there is to an operation: how many arguments, the type
 * of its result, its scalar expression for the kernel IR and its reference in double precision. The gradient is in
 * the autograd package's own table, which does not compile while a rule is missing.
 * @module
 */
import type { DType } from "../core/dtype.ts";
import type { Scalar } from "../ir/kernel.ts";
import { binary, compare, constant, convert, select, unary } from "../ir/build.ts";
import {
  expandCos,
  expandCos2pi,
  expandExp,
  expandLog,
  expandSigmoid,
  expandSin,
  expandSin2pi,
  expandTanh,
} from "../ir/functions.ts";

/** Types an operation takes. */
type Domain = readonly DType[];
const REAL: Domain = ["f32"];
const NUMERIC: Domain = ["f32", "i32", "u32"];
const BOOL: Domain = ["bool"];
const ANY: Domain = ["f32", "i32", "u32", "bool"];

/** One element-wise operation. */
export interface ElementwiseOp {
  /** Number of arguments. */
  readonly arity: 1 | 2 | 3;
  /** Types that the arguments may have (all the same; `where` and `cast` have their own rule). */
  readonly domain: readonly DType[];
  /** Type of the result: that of the arguments, or `bool`. */
  readonly result: "same" | "bool";
  /** The expression for one element. */
  readonly scalar: (...args: Scalar[]) => Scalar;
  /** The same in double precision; booleans are 0 and 1. */
  readonly reference: (...args: number[]) => number;
}

const record = (
  arity: 1 | 2 | 3,
  domain: Domain,
  scalar: (...args: Scalar[]) => Scalar,
  reference: (...args: number[]) => number,
  result: "same" | "bool" = "same",
): ElementwiseOp => ({ arity, domain, result, scalar, reference });

const two = (f: (a: Scalar, b: Scalar) => Scalar) => f as (...args: Scalar[]) => Scalar;
const two64 = (f: (a: number, b: number) => number) => f as (...args: number[]) => number;

/** Ties to even, as IEEE 754 and both devices do. */
function roundEven(x: number): number {
  const floor = Math.floor(x), rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The angle of some turns in radians, without whole ones. */
function withinTurn(turns: number): number {
  return 2 * Math.PI * (turns - Math.round(turns));
}

const f32 = (value: number) => constant("f32", value);

/** softplus(x) = max(x, 0) + log(1 + exp(-|x|)), which never overflows. */
function softplusScalar(x: Scalar): Scalar {
  const tail = expandLog(binary("add", f32(1), expandExp(unary("neg", unary("abs", x)))));
  return binary("add", binary("max", x, f32(0)), tail);
}

function signScalar(x: Scalar): Scalar {
  const negative = select(compare("lt", x, f32(0)), f32(-1), f32(0));
  return select(compare("lt", f32(0), x), f32(1), negative);
}

/** Name of an element-wise operation. */
export type ElementwiseName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "maximum"
  | "minimum"
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "round"
  | "sqrt"
  | "exp"
  | "log"
  | "sin"
  | "cos"
  | "sin2pi"
  | "cos2pi"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "less"
  | "lessEqual"
  | "equal"
  | "and"
  | "or"
  | "not"
  | "where"
  | "cast";

/** Every element-wise operation by name. */
export const elementwise: Readonly<Record<ElementwiseName, ElementwiseOp>> = {
  add: record(2, NUMERIC, two((a, b) => binary("add", a, b)), two64((a, b) => a + b)),
  sub: record(2, NUMERIC, two((a, b) => binary("sub", a, b)), two64((a, b) => a - b)),
  mul: record(2, NUMERIC, two((a, b) => binary("mul", a, b)), two64((a, b) => a * b)),
  div: record(2, REAL, two((a, b) => binary("div", a, b)), two64((a, b) => a / b)),
  maximum: record(2, NUMERIC, two((a, b) => binary("max", a, b)), Math.max),
  minimum: record(2, NUMERIC, two((a, b) => binary("min", a, b)), Math.min),
  neg: record(1, ["f32", "i32"], (a) => unary("neg", a!), (a) => -a!),
  abs: record(1, ["f32", "i32"], (a) => unary("abs", a!), Math.abs),
  sign: record(1, REAL, (a) => signScalar(a!), Math.sign),
  floor: record(1, REAL, (a) => unary("floor", a!), Math.floor),
  round: record(1, REAL, (a) => unary("round", a!), (a) => roundEven(a!)),
  sqrt: record(1, REAL, (a) => unary("sqrt", a!), Math.sqrt),
  exp: record(1, REAL, (a) => expandExp(a!), Math.exp),
  log: record(1, REAL, (a) => expandLog(a!), Math.log),
  sin: record(1, REAL, (a) => expandSin(a!), Math.sin),
  cos: record(1, REAL, (a) => expandCos(a!), Math.cos),
  sin2pi: record(1, REAL, (a) => expandSin2pi(a!), (a) => Math.sin(withinTurn(a!))),
  cos2pi: record(1, REAL, (a) => expandCos2pi(a!), (a) => Math.cos(withinTurn(a!))),
  tanh: record(1, REAL, (a) => expandTanh(a!), Math.tanh),
  sigmoid: record(1, REAL, (a) => expandSigmoid(a!), (a) => 1 / (1 + Math.exp(-a!))),
  softplus: record(
    1,
    REAL,
    (a) => softplusScalar(a!),
    (a) => Math.max(a!, 0) + Math.log1p(Math.exp(-Math.abs(a!))),
  ),
  less: record(2, NUMERIC, two((a, b) => compare("lt", a, b)), two64((a, b) => Number(a < b)), "bool"),
  lessEqual: record(2, NUMERIC, two((a, b) => compare("le", a, b)), two64((a, b) => Number(a <= b)), "bool"),
  equal: record(2, NUMERIC, two((a, b) => compare("eq", a, b)), two64((a, b) => Number(a === b)), "bool"),
  and: record(2, BOOL, two((a, b) => binary("and", a, b)), two64((a, b) => Number(a !== 0 && b !== 0))),
  or: record(2, BOOL, two((a, b) => binary("or", a, b)), two64((a, b) => Number(a !== 0 || b !== 0))),
  not: record(1, BOOL, (a) => unary("not", a!), (a) => Number(a === 0)),
  where: record(3, ANY, (c, a, b) => select(c!, a!, b!), (c, a, b) => (c !== 0 ? a! : b!)),
  /** The IR's `convert`; its type is that of the node. */
  cast: record(1, ANY, (a) => a!, (a) => a!),
};

/**
 * True if a primitive's name is that of an element-wise operation.
 *
 * @param name Name of a primitive.
 */
export function isElementwise(name: string): name is ElementwiseName {
  return Object.hasOwn(elementwise, name);
}

/**
 * The scalar expression of one element of an element-wise node.
 *
 * @param name The operation.
 * @param dtype Type of the result.
 * @param args Expressions of the arguments.
 */
export function elementwiseScalar(name: ElementwiseName, dtype: DType, args: readonly Scalar[]): Scalar {
  return name === "cast" ? convert(args[0]!, dtype) : elementwise[name].scalar(...args);
}
