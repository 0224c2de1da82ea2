/**
 * Sweeps each function over the f32 numbers against double precision, once with every operation rounded and once
 * with every product that feeds an addition fused into it, as a GPU may do.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { applyOp } from "../arithmetic.ts";
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
  expandLog,
  expandLog1p,
  expandPow,
  expandRemainder,
  expandSigmoid,
  expandSin,
  expandSin2pi,
  expandSinh,
  expandTan,
  expandTanh,
} from "./mod.ts";
import { elementwise } from "../../graph/elementwise.ts";
import { f32 } from "./parts.ts";
import { erf } from "./reference.ts";
import type { Scalar, ScalarOp } from "../kernel.ts";

type Operation = Scalar & { readonly op: ScalarOp; readonly args: readonly Scalar[] };

const x: Scalar = {
  op: "load",
  dtype: "f32",
  buffer: 0,
  address: { offset: 0, strides: [], indirect: [] },
  guards: [],
};

const bits = new Uint32Array(1), float = new Float32Array(bits.buffer);

/** Operations of an expression, arguments first, each once. */
function operations(root: Scalar): Operation[] {
  const found = new Set<Operation>();
  const visit = (scalar: Scalar) => {
    if (!("args" in scalar) || found.has(scalar)) return;
    scalar.args.forEach(visit);
    found.add(scalar);
  };
  visit(root);
  return [...found];
}

function isProduct(scalar: Scalar | undefined): scalar is Operation {
  return scalar?.op === "mul" && scalar.dtype === "f32";
}

/** Compiles an expression in one variable to an f32 evaluator. */
function compileScalar(root: Scalar, fused: boolean): (value: number) => number {
  const order = [x, ...operations(root)];
  const slots = new Map<Scalar, number>();
  const values: number[] = [];
  const slot = (scalar: Scalar | undefined): number => {
    if (scalar === undefined) return -1;
    const known = slots.get(scalar);
    if (known !== undefined) return known;
    slots.set(scalar, values.length);
    return values.push(scalar.op === "const" ? scalar.value : NaN) - 1;
  };
  order.forEach(slot);
  const value = (index: number) => values[index] ?? NaN;
  const steps = operations(root).map((node): () => number => {
    const [a, b] = node.args;
    const sign = node.op === "sub" ? -1 : 1;
    if (fused && node.dtype === "f32" && (node.op === "add" || node.op === "sub")) {
      const [product, other, left, right] = isProduct(b) ? [b, a, 1, sign] : [a, b, sign, 1];
      if (isProduct(product)) {
        const [p, q] = product.args.map(slot), r = slot(other);
        return () => Math.fround(left * value(r) + right * (value(p ?? -1) * value(q ?? -1)));
      }
    }
    const from = a?.dtype ?? node.dtype, args = node.args.map(slot);
    return () => applyOp(node.op, node.dtype, from, args.map(value));
  });
  const result = slot(root);
  return (argument) => {
    values[0] = argument;
    steps.forEach((step, i) => values[i + 1] = step());
    return value(result);
  };
}

/** Spacing of f32 numbers near a value; below the normal numbers, that of the smallest normal number. */
function ulp(value: number): number {
  float[0] = Math.max(Math.abs(value), 2 ** -126);
  return 2 ** (((bits[0] ?? 0) >>> 23) - 127 - 23);
}

/** About 8,000 f32 numbers of all magnitudes and both signs within bounds, with a dense part around zero and one. */
function* numbers(low: number, high: number): Generator<number> {
  for (let pattern = 12345; pattern < 2 ** 32; pattern += 524_309) {
    bits[0] = pattern;
    const value = float[0] ?? 0;
    if (value >= low && value <= high) yield value;
  }
  for (let i = -2000; i <= 2000; i++) {
    const value = Math.fround(i * 0.0015037);
    if (value >= low && value <= high) yield value;
  }
}

function worstUlp(
  build: (x: Scalar) => Scalar,
  exact: (x: number) => number,
  low: number,
  high: number,
): number {
  let worst = 0;
  for (const fused of [false, true]) {
    const evaluate = compileScalar(build(x), fused);
    for (const value of numbers(low, high)) {
      const truth = exact(value);
      // A subnormal result may be flushed: it is then off by less than the smallest normal number.
      if (!Number.isFinite(truth)) assertEquals(evaluate(value), truth, `at ${value}`);
      else if (Math.abs(truth) < 2 ** -126) {
        assert(Math.abs(evaluate(value) - truth) < 2 ** -126, `at ${value}`);
      } else worst = Math.max(worst, Math.abs(evaluate(value) - truth) / ulp(truth));
    }
  }
  return worst;
}

function values(build: (x: Scalar) => Scalar, arguments_: readonly number[]): number[] {
  return arguments_.map(compileScalar(build(x), false));
}

/** A power in the range of f32: infinite above the largest f32. */
function powerInRange(x: number, y: number): number {
  const exact = x ** y;
  return exact > 3.4028235677973366e38 ? Infinity : exact;
}

const softplus = (value: number) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

const CASES = [
  { name: "expandExp", build: expandExp, exact: Math.exp, low: -1e38, high: 88.7228, bound: 1.1 },
  { name: "expandExpm1", build: expandExpm1, exact: Math.expm1, low: -1e38, high: 88.7228, bound: 2 },
  { name: "expandSigmoid", build: expandSigmoid, exact: sigmoid, low: -1e38, high: 1e38, bound: 2.5 },
  { name: "expandTanh", build: expandTanh, exact: Math.tanh, low: -1e38, high: 1e38, bound: 2 },
  { name: "expandLog", build: expandLog, exact: Math.log, low: 1e-44, high: 3e38, bound: 1 },
  { name: "expandLog1p", build: expandLog1p, exact: Math.log1p, low: -0.99999994, high: 3e38, bound: 1 },
  { name: "expandErf", build: expandErf, exact: erf, low: -1e38, high: 1e38, bound: 2 },
  { name: "expandAtan", build: expandAtan, exact: Math.atan, low: -3e38, high: 3e38, bound: 3 },
  { name: "expandAsin", build: expandAsin, exact: Math.asin, low: -1, high: 1, bound: 3 },
  { name: "expandAcos", build: expandAcos, exact: Math.acos, low: -1, high: 1, bound: 3 },
  { name: "expandSinh", build: expandSinh, exact: Math.sinh, low: -87, high: 87, bound: 4 },
  { name: "expandCosh", build: expandCosh, exact: Math.cosh, low: -87, high: 87, bound: 4 },
  { name: "expandTan", build: expandTan, exact: Math.tan, low: -1000, high: 1000, bound: 4 },
  { name: "softplus", build: elementwise.softplus.scalar, exact: softplus, low: -1e38, high: 1e38, bound: 4 },
  ...[0.1, -0.75, 2.4, 17.3, -250.5, 1e4].map((y) => ({
    name: `expandPow(x, ${y})`,
    build: (x: Scalar) => expandPow(x, f32(y)),
    exact: (value: number) => powerInRange(value, Math.fround(y)),
    low: 1e-44,
    high: 3e38,
    bound: 12,
  })),
  ...[2, 0.3, 10].map((base) => ({
    name: `expandPow(${base}, x)`,
    build: (x: Scalar) => expandPow(f32(base), x),
    exact: (value: number) => powerInRange(Math.fround(base), value),
    low: -1e38,
    high: 1e38,
    bound: 12,
  })),
  ...[1, 0.1, -7.25].map((y) => ({
    name: `expandAtan2(x, ${y})`,
    build: (x: Scalar) => expandAtan2(x, f32(y)),
    exact: (value: number) => Math.atan2(value, Math.fround(y)),
    low: -3e38,
    high: 3e38,
    bound: 4,
  })),
];

for (const { name, build, exact, low, high, bound } of CASES) {
  Deno.test(`${name}() stays within ${bound} ulp, fused or not`, () => {
    const worst = worstUlp(build, exact, low, high);
    assert(worst > 0 && worst <= bound, `worst error ${worst} ulp`);
  });
}

const WAVES = [
  { name: "expandSin", build: expandSin, exact: Math.sin },
  { name: "expandCos", build: expandCos, exact: Math.cos },
];

/** The exact value of a 1-periodic function: the reduction loses nothing. */
const periodic = (f: (x: number) => number) => (x: number) => f(2 * Math.PI * (x - Math.round(x)));

const PERIODIC = [
  { name: "expandSin2pi", build: expandSin2pi, exact: periodic(Math.sin) },
  { name: "expandCos2pi", build: expandCos2pi, exact: periodic(Math.cos) },
];

for (const { name, build, exact } of PERIODIC) {
  Deno.test(`${name}() stays within 1.6 · 2^-23 and [-1, 1], for any argument`, () => {
    for (const fused of [false, true]) {
      const evaluate = compileScalar(build(x), fused);
      for (const value of [...numbers(-10, 10), ...numbers(-3e38, 3e38)]) {
        const got = evaluate(value);
        assert(Math.abs(got - exact(value)) < 1.6 * 2 ** -23 && Math.abs(got) <= 1, `at ${value}`);
      }
    }
  });
}

Deno.test("expandSin2pi() is odd, accurate for small arguments and NaN for infinities", () => {
  assertEquals(values(expandSin2pi, [0, -0, 0.25, -0.25, 0.5, 7, NaN, Infinity]), [
    0,
    -0,
    1,
    -1,
    0,
    0,
    NaN,
    NaN,
  ]);
  assertEquals(values(expandCos2pi, [0, 0.25, 0.5, 7, -1e30, NaN, -Infinity]), [1, 0, -1, 1, 1, NaN, NaN]);
  const evaluate = compileScalar(expandSin2pi(x), false);
  for (const value of numbers(1e-20, 0.125)) {
    const truth = Math.sin(2 * Math.PI * value);
    assert(Math.abs(evaluate(value) - truth) <= 2 * ulp(truth), `at ${value}`);
  }
});

for (const { name, build, exact } of WAVES) {
  Deno.test(`${name}() stays within 2^-23 up to 10,000 and within [-1, 1] beyond`, () => {
    for (const fused of [false, true]) {
      const evaluate = compileScalar(build(x), fused);
      for (let i = -5000; i <= 5000; i++) {
        const value = Math.fround(i * 1.99987);
        assert(Math.abs(evaluate(value) - exact(value)) < 2 ** -23, `at ${value}`);
      }
      for (const value of numbers(-10, 10)) {
        assert(Math.abs(evaluate(value) - exact(value)) < 2 ** -23, `at ${value}`);
      }
      for (const value of numbers(-3e38, 3e38)) assert(Math.abs(evaluate(value)) <= 1, `at ${value}`);
    }
  });
}

Deno.test("expandExp() overflows to infinity and underflows to zero", () => {
  assertEquals(values(expandExp, [88.72284, 1e30, Infinity, -87.4, -Infinity, 0, NaN]), [
    Infinity,
    Infinity,
    Infinity,
    0,
    0,
    1,
    NaN,
  ]);
});

Deno.test("expandExpm1() has the limits of the function", () => {
  assertEquals(values(expandExpm1, [Infinity, 100, -Infinity, -100, 0, NaN]), [
    Infinity,
    Infinity,
    -1,
    -1,
    0,
    NaN,
  ]);
});

Deno.test("expandLog() handles -inf, NaN and inf", () => {
  const inputs = [0, -0, -1, -Infinity, Infinity, NaN, 1];
  assertEquals(values(expandLog, inputs), [-Infinity, -Infinity, NaN, NaN, Infinity, NaN, 0]);
});

Deno.test("expandLog1p() handles -inf, NaN and inf", () => {
  assertEquals(values(expandLog1p, [-1, -2, -Infinity, Infinity, NaN, 0]), [
    -Infinity,
    NaN,
    NaN,
    Infinity,
    NaN,
    0,
  ]);
});

Deno.test("expandTanh() saturates, is odd and preserves the sign of zero", () => {
  assertEquals(values(expandTanh, [10, 1e30, Infinity, -10, -Infinity, -0, NaN]), [1, 1, 1, -1, -1, -0, NaN]);
  const evaluate = compileScalar(expandTanh(x), false);
  for (const value of numbers(0, 20)) assertEquals(evaluate(-value), -evaluate(value));
});

Deno.test("expandPow() follows IEEE 754 at zeros, infinities, ones and negative bases", () => {
  const given = [0, -0, 1, -1, -8, Infinity, -Infinity, NaN];
  const wanted = {
    0: [1, 1, 1, 1, 1, 1, 1, 1],
    3: [0, -0, 1, -1, -512, Infinity, -Infinity, NaN],
    [-2]: [Infinity, Infinity, 1, 1, 1 / 64, 0, 0, NaN],
    0.5: [0, 0, 1, NaN, NaN, Infinity, Infinity, NaN],
    [-3]: [Infinity, -Infinity, 1, -1, -1 / 512, 0, -0, NaN],
    Infinity: [0, 0, 1, 1, Infinity, Infinity, Infinity, NaN],
    "-Infinity": [Infinity, Infinity, 1, 1, 0, 0, 0, NaN],
    NaN: [NaN, NaN, 1, NaN, NaN, NaN, NaN, NaN],
  };
  for (const [y, results] of Object.entries(wanted)) {
    assertEquals(values((x) => expandPow(x, f32(Number(y))), given), results, `to ${y}`);
  }
});

Deno.test("expandRemainder() is exact for quotients below 2^22, and has the sign of the divisor", () => {
  for (const y of [1, 3, -3, 0.1, 7.25, -1e-3]) {
    const divisor = Math.fround(y), evaluate = compileScalar(expandRemainder(x, f32(y)), false);
    for (const value of numbers(-1e6, 1e6)) {
      if (Math.abs(value / divisor) >= 2 ** 22) continue;
      const rest = value % divisor, exact = rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
      const got = evaluate(value);
      // A rest that rounds to the divisor is none
      const wanted = Math.fround(exact) === divisor ? 0 : exact;
      const near = Math.abs(got - wanted) <= ulp(Math.max(Math.abs(exact), Math.abs(divisor) / 2));
      assert(near, `${value} mod ${divisor} is ${got}, wanted ${wanted}`);
    }
  }
  assertEquals(values((x) => expandRemainder(x, f32(0)), [1, 0, NaN]), [NaN, NaN, NaN]);
  assertEquals(values((x) => expandRemainder(x, f32(Infinity)), [1, -1, Infinity]), [1, Infinity, NaN]);
});

Deno.test("expandSinh() and expandCosh() stay finite until the true values are not", () => {
  assert(values(expandCosh, [89.4])[0]! < Infinity && values(expandSinh, [-89.4])[0]! > -Infinity);
  assertEquals(values(expandSinh, [89.5, -89.5, Infinity, NaN, -0]), [
    Infinity,
    -Infinity,
    Infinity,
    NaN,
    -0,
  ]);
});

Deno.test("expandSigmoid() saturates at both ends", () => {
  assertEquals(values(expandSigmoid, [100, Infinity, -100, -Infinity, 0, NaN]), [1, 1, 0, 0, 0.5, NaN]);
});

Deno.test("expandSin() and expandCos() return NaN for NaN and infinities", () => {
  assertEquals(values(expandSin, [NaN, Infinity, -Infinity, 0]), [NaN, NaN, NaN, 0]);
  assertEquals(values(expandCos, [NaN, Infinity, -Infinity, 0]), [NaN, NaN, NaN, 1]);
});

Deno.test("expandSin() and expandCos() share the nodes of one argument", () => {
  const sin = operations(expandSin(x)), cos = operations(expandCos(x));
  assert(new Set([...sin, ...cos]).size < sin.length + 10);
  assertStrictEquals(sin[0], cos[0]);
});

Deno.test("sign() of zeros and NaN is the argument", () => {
  assertEquals(values(elementwise.sign.scalar, [NaN, -0, 0, 3, -Infinity]), [NaN, -0, 0, 1, -1]);
});

Deno.test("the expansions hold no infinite constant", () => {
  for (const { build } of [...CASES, ...WAVES, ...PERIODIC]) {
    for (const { args } of operations(build(x))) {
      for (const arg of args) assert(arg.op !== "const" || Number.isFinite(arg.value));
    }
  }
});
