/**
 * Cases of the element-wise operations, generated from their table: every operation with every supported type and several
 * shapes, including broadcast, empty and single-element ones.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { DType, Shape, Tensor } from "@gasp/tensor";
import { elementwise, type ElementwiseName } from "@gasp/tensor/compiler";
import { floats, type HostInput, integers, listed, type OpCase, opCase, type Reader } from "./op_case.ts";

/** Definition of an operation for the generator; a missing one does not compile. */
interface Sample {
  /** Definition of the result. */
  readonly f: (...args: number[]) => number;
  /** Bounds of each argument; default: -2 and 2. */
  readonly bounds?: readonly (readonly [number, number])[];
}

const POSITIVE = [0.2, 3] as const;
const ANY = [-2, 2] as const;

/** `∫₀ˣ e^{-t²} dt · 2/√π` by Simpson's rule. */
function simpsonErf(x: number): number {
  const steps = 2000, h = x / steps;
  let sum = 1 + Math.exp(-x * x);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2));
  return 2 / Math.sqrt(Math.PI) * sum * h / 3;
}

const samples: Record<Exclude<ElementwiseName, "cast" | "where" | "orderKey">, Sample> = {
  add: { f: (a, b) => a + b },
  sub: { f: (a, b) => a - b },
  mul: { f: (a, b) => a * b },
  div: { f: (a, b) => a / b, bounds: [ANY, POSITIVE] },
  remainder: { f: (a, b) => a - b * Math.floor(a / b), bounds: [[-7, 7], POSITIVE] },
  pow: { f: (a, b) => Math.E ** (b * Math.log(a)), bounds: [POSITIVE, ANY] },
  atan2: { f: (a, b) => 2 * Math.atan(a / (Math.hypot(a, b) + b)) },
  maximum: { f: (a, b) => (a > b ? a : b) },
  minimum: { f: (a, b) => (a < b ? a : b) },
  neg: { f: (a) => 0 - a },
  abs: { f: (a) => (a < 0 ? -a : a) },
  sign: { f: (a) => (a > 0 ? 1 : a < 0 ? -1 : 0) },
  floor: { f: (a) => a - (((a % 1) + 1) % 1) },
  ceil: { f: (a) => a + (((-a % 1) + 1) % 1) },
  trunc: { f: (a) => a - (a % 1) },
  round: { f: (a) => Math.trunc(a + (a < 0 ? -0.5 : 0.5)) },
  sqrt: { f: (a) => a ** 0.5, bounds: [POSITIVE] },
  exp: { f: (a) => Math.E ** a },
  expm1: { f: (a) => Math.E ** a - 1 },
  log1p: { f: (a) => Math.log2(1 + a) * Math.LN2, bounds: [[-0.8, 3]] },
  tan: { f: (a) => Math.sin(a) / Math.cos(a), bounds: [[-1.4, 1.4]] },
  asin: { f: (a) => Math.atan2(a, Math.sqrt(1 - a * a)), bounds: [[-0.95, 0.95]] },
  acos: { f: (a) => Math.atan2(Math.sqrt(1 - a * a), a), bounds: [[-0.95, 0.95]] },
  atan: { f: (a) => Math.asin(a / Math.sqrt(1 + a * a)) },
  sinh: { f: (a) => (Math.E ** a - Math.E ** -a) / 2 },
  cosh: { f: (a) => (Math.E ** a + Math.E ** -a) / 2 },
  erf: { f: simpsonErf },
  isNaN: { f: () => 0 },
  isFinite: { f: () => 1 },
  log: { f: (a) => Math.log2(a) * Math.LN2, bounds: [POSITIVE] },
  sin: { f: (a) => Math.cos(a - Math.PI / 2) },
  cos: { f: (a) => Math.sin(a + Math.PI / 2) },
  sin2pi: { f: (a) => Math.sin(2 * Math.PI * a) },
  cos2pi: { f: (a) => Math.cos(2 * Math.PI * a) },
  tanh: { f: (a) => (Math.E ** (2 * a) - 1) / (Math.E ** (2 * a) + 1) },
  sigmoid: { f: (a) => Math.E ** a / (1 + Math.E ** a) },
  softplus: { f: (a) => Math.log(1 + Math.E ** a) },
  less: { f: (a, b) => (b > a ? 1 : 0) },
  lessEqual: { f: (a, b) => (a > b ? 0 : 1) },
  equal: { f: (a, b) => (a < b || a > b ? 0 : 1) },
  and: { f: (a, b) => a * b },
  or: { f: (a, b) => Math.max(a, b) },
  not: { f: (a) => 1 - a },
};

const SHAPES: readonly (readonly [Shape, Shape, Shape])[] = [
  [[], [], []],
  [[1], [1], [1]],
  [[0], [0], [0]],
  [[2, 3], [2, 3], [2, 3]],
  [[2, 3], [3], [2, 1]],
  [[2, 1], [1, 3], []],
  [[], [2, 2], [1, 2]],
  [[2, 0], [1, 1], [0]],
  [[5], [2, 1, 5], [1]],
];

/** Shapes for types other than f32, which differ in their arithmetic but not in their indexing. */
const FEW_SHAPES = SHAPES.filter((_, i) => i % 2 === 1);

/** Shapes of unary operations. */
const SINGLE: readonly Shape[] = [[], [1], [0], [7], [2, 3], [2, 0, 3]];

function values(shape: Shape, dtype: DType, seed: number, [low, high]: readonly [number, number]): HostInput {
  return dtype === "f32" ? floats(shape, seed, low, high) : integers(shape, dtype, seed);
}

/** Wraps results to the range of u32. */
function wrapped(f: (...args: number[]) => number, dtype: DType) {
  return (...args: number[]) => (dtype === "u32" ? (f(...args) + 2 ** 32) % 2 ** 32 : f(...args));
}

function pointwise(f: (...args: number[]) => number) {
  return (index: readonly number[], ...inputs: Reader[]) => f(...inputs.map((read) => read(...index)));
}

function shapesFor(dtype: DType, arity: number): Shape[][] {
  if (arity === 1) return SINGLE.map((shape) => [shape]);
  return (dtype === "f32" ? SHAPES : FEW_SHAPES).map((triple) => triple.slice(0, arity));
}

function tableCases(): OpCase[] {
  const names = Object.keys(samples) as (keyof typeof samples)[];
  return names.flatMap((name) => {
    const { arity, domain, result } = elementwise[name];
    const { f, bounds = [] } = samples[name];
    const call = ops[name] as (...args: Tensor[]) => Tensor;
    return domain.flatMap((dtype) =>
      shapesFor(dtype, arity).map((list) => {
        const inputs = list.map((shape, i) => values(shape, dtype, i + 1, bounds[i] ?? ANY));
        const compares = result !== "same";
        return opCase(name, inputs, call, pointwise(compares ? f : wrapped(f, dtype)), { smooth: !compares });
      })
    );
  });
}

function whereCases(): OpCase[] {
  const dtypes: readonly DType[] = ["f32", "i32", "u32", "bool"];
  return dtypes.flatMap((dtype) =>
    (dtype === "f32" ? SHAPES : FEW_SHAPES).map(([c, a, b]) => {
      const inputs = [integers(c, "bool"), values(a, dtype, 2, ANY), values(b, dtype, 3, ANY)];
      const call = (...args: Tensor[]) => ops.where(args[0]!, args[1]!, args[2]!);
      return opCase("where", inputs, call, pointwise((cond, yes, no) => (cond! === 1 ? yes! : no!)));
    })
  );
}

/** Conversions between all types, of values representable in both, except for fractions, which are truncated. */
function castCases(): OpCase[] {
  const dtypes: readonly DType[] = ["f32", "i32", "u32", "bool"];
  const convert =
    (to: DType) => (x: number) => (to === "bool" ? (x === 0 ? 0 : 1) : to === "f32" ? x : Math.trunc(x));
  return dtypes.flatMap((from) =>
    dtypes.filter((to) => to !== from).flatMap((to) =>
      SINGLE.slice(0, 4).map((shape) => {
        const unsigned = to === "u32";
        const input = from === "i32" && unsigned
          ? { ...integers(shape, "u32"), dtype: from, values: Int32Array.from(integers(shape, "u32").values) }
          : values(shape, from, 4, unsigned ? [0, 5] : [-5, 5]);
        const call = (x: Tensor) => ops.cast(x, to);
        return opCase(
          "cast",
          [input],
          call,
          pointwise(from === "f32" || to === "bool" ? convert(to) : (x) => x!),
          {
            note: `to ${to}`,
            smooth: false,
          },
        );
      })
    )
  );
}

/** Values at kinks and ties: forward only. */
function cornerCases(): OpCase[] {
  const halves = listed([-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3]);
  const even = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
  const corner = (op: string, inputs: HostInput[], call: (...args: Tensor[]) => Tensor, f: Sample["f"]) =>
    opCase(op, inputs, call, pointwise(f), { smooth: false, note: "at kinks" });
  const ties: HostInput[] = [listed([-1, 0, 2, 5]), listed([-1, 1, 2, -5])];
  return [
    corner("round", [halves], (x) => ops.round(x!), even),
    corner("floor", [halves], (x) => ops.floor(x!), samples.floor.f),
    corner("sign", [halves], (x) => ops.sign(x!), samples.sign.f),
    corner("maximum", ties, (a, b) => ops.maximum(a!, b!), samples.maximum.f),
    corner("minimum", ties, (a, b) => ops.minimum(a!, b!), samples.minimum.f),
    corner("less", ties, (a, b) => ops.less(a!, b!), samples.less.f),
    corner("lessEqual", ties, (a, b) => ops.lessEqual(a!, b!), samples.lessEqual.f),
    corner("equal", ties, (a, b) => ops.equal(a!, b!), samples.equal.f),
    corner("sigmoid", [listed([-80, 80, 0])], (x) => ops.sigmoid(x!), (x) => 1 / (1 + Math.exp(-x!))),
    corner("softplus", [listed([-80, 80, 0])], (x) => ops.softplus(x!), (x) => Math.log1p(Math.exp(x!))),
    corner("tanh", [listed([-80, 80, 0])], (x) => ops.tanh(x!), Math.tanh),
  ];
}

/** Functions composed of operations of the table, and scalar arguments. */
function composedCases(): OpCase[] {
  const pairs = SHAPES.map(([a, b]) => [floats(a, 1), floats(b, 2)]);
  return [
    ...pairs.map((inputs) =>
      opCase("greater", inputs, ops.greater, pointwise((a, b) => (a! > b! ? 1 : 0)), {
        smooth: false,
      })
    ),
    ...pairs.map((inputs) =>
      opCase("greaterEqual", inputs, ops.greaterEqual, pointwise((a, b) => a! < b! ? 0 : 1), {
        smooth: false,
      })
    ),
    ...SINGLE.map((shape) => opCase("square", [floats(shape)], ops.square, pointwise((x) => x! ** 2))),
    ...SINGLE.map((shape) =>
      opCase(
        "leakyRelu",
        [floats(shape)],
        (x) => ops.leakyRelu(x!, 0.2),
        pointwise((x) => (x! > 0 ? x! : x! / 5)),
      )
    ),
    opCase("sub", [floats([3])], (x) => ops.sub(1, x!), pointwise((x) => 1 - x!), { note: "from a scalar" }),
    opCase("mul", [integers([3], "i32")], (x) => ops.mul(x!, 3), pointwise((x) => x! * 3), {
      note: "by a scalar",
    }),
  ];
}

/** Returns all cases of element-wise operations. */
export function elementwiseCases(): OpCase[] {
  return [...tableCases(), ...whereCases(), ...castCases(), ...cornerCases(), ...composedCases()];
}
