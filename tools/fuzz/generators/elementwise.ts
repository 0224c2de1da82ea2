/**
 * Arguments of the element-wise operations, which are functions of the package; those that are only in the table of
 * primitives are called through it, so that new ones take part without a change here.
 * @module
 */
import type { DType } from "@gasp/tensor";
import { elementwise, type ElementwiseName } from "@gasp/tensor/compiler";
import type { Arguments, Draft, Generator } from "./draft.ts";

const REAL: readonly DType[] = ["f32"], NUMERIC: readonly DType[] = ["f32", "i32", "u32"];
const ALL: readonly DType[] = ["f32", "i32", "u32", "bool"];

/** f(x). */
export const unary = (dtypes: readonly DType[]): Generator => (draft) => [draft.any(dtypes).reference];

/** f(a, b) with broadcasting. */
export const binary = (dtypes: readonly DType[]): Generator => (draft) => {
  const { reference, tensor } = draft.any(dtypes), other = draft.operand(tensor.shape, tensor.dtype);
  return draft.dice.chance(0.5) ? [reference, other] : [other, reference];
};

const real = unary(REAL), realPair = binary(REAL), numericPair = binary(NUMERIC);

/** Arguments by function. */
export const elementwiseGenerators = {
  sigmoid: real,
  logSigmoid: real,
  softplus: real,
  relu: real,
  relu6: real,
  leakyRelu: (draft: Draft): Arguments => [draft.any(REAL).reference, draft.dice.pick([0.2, 0, 1, -0.5, 2])],
  elu: real,
  selu: real,
  silu: real,
  mish: real,
  gelu: (draft: Draft): Arguments => [draft.any(REAL).reference, { approximate: draft.dice.chance(0.5) }],
  hardSigmoid: real,
  add: numericPair,
  sub: numericPair,
  mul: numericPair,
  div: realPair,
  remainder: realPair,
  reciprocal: real,
  maximum: numericPair,
  minimum: numericPair,
  clamp(draft: Draft): Arguments {
    const { reference, tensor: { dtype } } = draft.any(NUMERIC);
    return [reference, dtype === "u32" ? 1 : -1, draft.dice.pick([1, 2])];
  },
  neg: unary(["f32", "i32"]),
  abs: unary(["f32", "i32"]),
  sign: real,
  floor: real,
  ceil: real,
  trunc: real,
  round: real,
  square: unary(NUMERIC),
  pow: (draft: Draft): Arguments =>
    draft.dice.chance(0.7)
      ? [draft.any(REAL).reference, draft.dice.pick([0, 1, 2, 3, 0.5, -1, 1.5, -2])]
      : realPair(draft),
  cast: (draft: Draft): Arguments => [draft.any(ALL).reference, draft.dice.pick(ALL)],
  sqrt: real,
  rsqrt: real,
  exp: real,
  expm1: real,
  log: real,
  log1p: real,
  sin: real,
  cos: real,
  tan: real,
  sin2pi: real,
  cos2pi: real,
  asin: real,
  acos: real,
  atan: real,
  atan2: realPair,
  sinh: real,
  cosh: real,
  tanh: real,
  erf: real,
  less: numericPair,
  lessEqual: numericPair,
  greater: numericPair,
  greaterEqual: numericPair,
  equal: binary(ALL),
  notEqual: binary(ALL),
  isNaN: real,
  isFinite: real,
  and: binary(["bool"]),
  or: binary(["bool"]),
  not: unary(["bool"]),
  where(draft: Draft): Arguments {
    const { reference, tensor: { shape, dtype } } = draft.any(ALL);
    const condition = draft.like(shape, "bool");
    const other = dtype === "bool" ? draft.like(shape, dtype) : draft.operand(shape, dtype);
    return draft.dice.chance(0.5) ? [condition, reference, other] : [condition, other, reference];
  },
} as const satisfies Record<string, Generator>;

/**
 * Returns arguments of `makeNode` for a record of the table of element-wise operations.
 *
 * @param draft The draft.
 * @param name The operation.
 */
export function elementwiseNode(draft: Draft, name: ElementwiseName): Arguments {
  const { arity, domain, result } = elementwise[name];
  if (name === "where" || name === "cast") return undefined;
  const { reference, tensor: { shape, dtype } } = draft.any(domain);
  const others = Array.from({ length: arity - 1 }, () => draft.like(shape, dtype));
  return [name, {}, [reference, ...others], shape, result === "same" ? dtype : result];
}
