/**
 * Calls that element-wise operations and functions that create tensors must reject.
 * @module
 */
import * as t from "@gasp/tensor";
import { bool, type Entry, f32, i32, loose, noTensor, pair, real, u32, whole } from "./refusals.ts";

const REAL = [
  ...[
    "acos",
    "asin",
    "atan",
    "ceil",
    "cos",
    "cos2pi",
    "cosh",
    "erf",
    "exp",
    "expm1",
    "floor",
    "isFinite",
    "isNaN",
    "log",
  ],
  ...[
    "log1p",
    "reciprocal",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sin2pi",
    "sinh",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
  ],
  ...["trunc", "relu", "relu6", "elu", "selu", "silu", "mish", "gelu", "logSigmoid", "hardSigmoid", "trunc"],
];

/** Entries by function. */
export const elementwiseRefusals: Readonly<Record<string, Entry>> = {
  ...Object.fromEntries(REAL.map((name) => [name, real(name)])),
  ...Object.fromEntries(
    ["add", "sub", "mul", "maximum", "minimum", "less", "lessEqual", "greater", "greaterEqual"].map((
      name,
    ) => [name, pair(name, ["bool"])]),
  ),
  ...Object.fromEntries(["equal", "notEqual"].map((name) => [name, pair(name, [])])),
  ...Object.fromEntries(["div", "remainder", "atan2"].map((name) => [name, pair(name, ["i32", "bool"])])),
  and: { ...noTensor("and", bool), "f32": () => loose.and!(f32, f32), "a number": () => loose.and!(bool, 2) },
  or: { ...noTensor("or", bool), "f32": () => loose.or!(f32, f32), "a number": () => loose.or!(bool, 0.5) },
  not: { ...noTensor("not"), "f32": () => loose.not!(f32) },
  neg: { ...noTensor("neg"), "u32": () => t.neg(u32), "bool": () => t.neg(bool) },
  abs: { ...noTensor("abs"), "u32": () => t.abs(u32), "bool": () => t.abs(bool) },
  square: { ...noTensor("square"), "bool": () => t.square(bool) },
  pow: {
    ...pair("pow", ["bool", "i32"]),
    "a fraction as exponent of i32": () => t.pow(i32, 0.5),
    "a negative exponent of i32": () => t.pow(i32, -1),
    "bool": () => t.pow(bool, 2),
  },
  clamp: {
    ...noTensor("clamp", 0, 1),
    "a fraction with i32": () => t.clamp(i32, 0.5, 1),
    "bool": () => t.clamp(bool, 0, 1),
  },
  leakyRelu: {
    ...real("leakyRelu", 0.2),
    "NaN": () => t.leakyRelu(f32, NaN),
    "no slope": () => loose.leakyRelu!(f32),
  },
  elu: { ...real("elu"), "NaN": () => t.elu(f32, NaN) },
  where: {
    ...noTensor("where", 0, 1),
    "a condition of f32": () => t.where(f32, 0, 1),
    "two types": () => t.where(bool, f32, i32),
    "a fraction with i32": () => t.where(bool, i32, 0.5),
  },
  cast: { ...noTensor("cast", "i32"), "an unknown type": () => loose.cast!(f32, "f64") },

  scalar: {
    "a fraction as i32": () => t.scalar(0.5, "i32"),
    "-1 as u32": () => t.scalar(-1, "u32"),
    "2 as bool": () => t.scalar(2, "bool"),
    "NaN as i32": () => t.scalar(NaN, "i32"),
    "2³¹ as i32": () => t.scalar(2 ** 31, "i32"),
    "text": () => loose.scalar!("1"),
    "an unknown type": () => loose.scalar!(1, "f64"),
  },
  tensor: {
    "a fraction as i32": () => t.tensor([0.5], [1], "i32"),
    "-1 as u32": () => t.tensor([-1], [1], "u32"),
    "too few values": () => t.tensor([1, 2], [3]),
    "ragged rows": () => t.tensor([[1], [1, 2]]),
    "text": () => loose.tensor!("1"),
    "nothing": () => loose.tensor!(),
    ...whole("size", (n) => t.tensor([1], [n])),
  },
  full: { ...whole("size", (n) => t.full([n], 1)), "a fraction as i32": () => t.full([2], 0.5, "i32") },
  zeros: whole("size", (n) => t.zeros([n])),
  ones: whole("size", (n) => t.ones([n])),
  zerosLike: noTensor("zerosLike"),
  onesLike: noTensor("onesLike"),
  arange: {
    ...whole("size", (n) => t.arange(n), [2 ** 31, 3e9]),
    "a step of 0": () => t.arange(0, 1, 0),
    "NaN": () => t.arange(0, NaN),
    "Infinity": () => t.arange(0, Infinity),
    "a step of NaN": () => t.arange(0, 1, NaN),
    "too many": () => t.arange(0, 1, 1e-12),
    "beyond i32": () => t.arange(2 ** 31, 2 ** 31 + 1),
  },
  linspace: {
    ...whole("size", (n) => t.linspace(0, 1, n)),
    "NaN": () => t.linspace(NaN, 1, 2),
    "Infinity": () => t.linspace(0, Infinity, 2),
  },
  eye: {
    ...whole("rows", (n) => t.eye(n)),
    ...whole("columns", (n) => t.eye(2, n)),
    "a fraction as offset": () => t.eye(2, 2, 0.5),
    "NaN as offset": () => t.eye(2, 2, NaN),
  },
  oneHot: {
    ...noTensor("oneHot", 2),
    ...whole("classes", (n) => t.oneHot(i32, n), [0]),
    "f32": () => t.oneHot(f32, 2),
  },
  placeholder: whole("size", (n) => t.placeholder([n])),
};
