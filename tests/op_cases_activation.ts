/**
 * Cases of activations, functions along an axis, and other compositions of element-wise operations.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { Shape, Tensor } from "@gasp/tensor";
import { floats, type HostInput, integers, listed, type OpCase, opCase, type Reader } from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;
const logistic = (x: number) => 1 / (1 + Math.exp(-x));
/** Φ(x) by Simpson's rule. */
const normal = (x: number) => {
  const steps = 2000, h = x / steps;
  let sum = 1 + Math.exp(-x * x / 2);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
};

/** Unary functions and their definitions. */
const activations: Record<string, readonly [(x: Tensor) => Tensor, (x: number) => number]> = {
  relu: [ops.relu, (x) => Math.max(x, 0)],
  relu6: [(x) => ops.relu6(ops.mul(x, 4)), (x) => Math.min(Math.max(4 * x, 0), 6)],
  elu: [ops.elu, (x) => (x > 0 ? x : Math.exp(x) - 1)],
  selu: [ops.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1))],
  silu: [ops.silu, (x) => x * logistic(x)],
  mish: [ops.mish, (x) => x * Math.tanh(Math.log(1 + Math.exp(x)))],
  gelu: [ops.gelu, (x) => x * normal(x)],
  logSigmoid: [ops.logSigmoid, (x) => Math.log(logistic(x))],
  hardSigmoid: [(x) => ops.hardSigmoid(ops.mul(x, 2)), (x) => Math.min(Math.max(x / 3 + 0.5, 0), 1)],
  reciprocal: [(x) => ops.reciprocal(ops.add(x, 3)), (x) => 1 / (x + 3)],
  rsqrt: [(x) => ops.rsqrt(ops.add(x, 3)), (x) => 1 / Math.sqrt(x + 3)],
};

function activationCases(): OpCase[] {
  const shapes: Shape[] = [[], [7], [2, 0], [2, 5]];
  const approximate = (x: number) =>
    x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  return [
    ...Object.entries(activations).flatMap(([name, [call, f]]) =>
      shapes.map((shape) => opCase(name, [floats(shape)], one(call), (index, x) => f(x!(...index))))
    ),
    opCase(
      "gelu",
      [floats([9])],
      one((x) => ops.gelu(x, { approximate: true })),
      ([i], x) => approximate(x!(i!)),
      {
        note: "approximate",
      },
    ),
    opCase(
      "elu",
      [floats([9])],
      one((x) => ops.elu(x, 0.3)),
      ([i], x) => x!(i!) > 0 ? x!(i!) : 0.3 * (Math.exp(x!(i!)) - 1),
    ),
  ];
}

function softmaxCases(): OpCase[] {
  const choices: readonly (readonly [HostInput, number])[] = [
    [floats([5]), 0],
    [floats([2, 3]), -1],
    [floats([2, 3]), 0],
    [floats([2, 3, 4]), 1],
    [floats([1, 1]), 1],
    [floats([0, 3]), 1],
  ];
  const total = (index: readonly number[], axis: number, size: number, x: Reader) =>
    Array.from({ length: size }, (_, i) => Math.exp(x(...index.with(axis, i)))).reduce((a, b) => a + b, 0);
  return choices.flatMap(([input, axis]) => {
    const size = input.shape.at(axis)!, note = `axis ${axis}`;
    return [
      opCase(
        "softmax",
        [input],
        one((x) => ops.softmax(x, axis)),
        (index, x) => Math.exp(x!(...index)) / total(index, axis, size, x!),
        { note },
      ),
      opCase(
        "logSoftmax",
        [input],
        one((x) => ops.logSoftmax(x, axis)),
        (index, x) => x!(...index) - Math.log(total(index, axis, size, x!)),
        { note },
      ),
    ];
  }).concat(
    opCase(
      "softmax",
      [listed([1000, -1000, 1000])],
      one((x) => ops.softmax(x)),
      ([i]) => [0.5, 0, 0.5][i!]!,
      {
        note: "of large values",
        smooth: false,
      },
    ),
    opCase("logsumexp", [listed([-Infinity, -Infinity])], one((x) => ops.logsumexp(x)), () => -Infinity, {
      note: "of -Infinity",
      smooth: false,
    }),
  );
}

function clampCases(): OpCase[] {
  const clamped = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
  return [
    opCase("clamp", [floats([9])], one((x) => ops.clamp(x, -1, 0.5)), ([i], x) => clamped(x!(i!), -1, 0.5)),
    opCase(
      "clamp",
      [floats([9])],
      one((x) => ops.clamp(x, -Infinity, 0.5)),
      ([i], x) => Math.min(x!(i!), 0.5),
      { note: "from above" },
    ),
    opCase(
      "clamp",
      [floats([2, 4]), floats([4], 2, -2, 0), floats([2, 1], 3, 0.1, 1)],
      (x, low, high) => ops.clamp(x!, low!, high!),
      ([i, j], x, low, high) => clamped(x!(i!, j!), low!(j!), high!(i!, 0)),
      { note: "between tensors" },
    ),
    opCase(
      "clamp",
      [integers([7], "i32")],
      one((x) => ops.clamp(x, -2, 2)),
      ([i], x) => clamped(x!(i!), -2, 2),
    ),
    opCase(
      "clamp",
      [integers([7], "u32")],
      one((x) => ops.clamp(x, 1, Infinity)),
      ([i], x) => Math.max(x!(i!), 1),
    ),
  ];
}

function powerCases(): OpCase[] {
  const numbers = [0, 1, 2, 3, 7, -1, -4];
  const bases = listed([0, -0, 1, -1, -8, 2, Infinity, -Infinity, NaN, 0.5, -0.5]);
  const exponents = listed([0, -1, 2, 3, 0.5, Infinity, -Infinity, NaN, -0.5, 1, 2 ** 24], [11, 1]);
  const ieee = (x: number, y: number) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);
  return [
    ...numbers.map((y) =>
      opCase("pow", [floats([6], 1, 0.3, 2)], one((x) => ops.pow(x, y)), ([i], x) => x!(i!) ** y, {
        note: `to ${y}`,
      })
    ),
    ...[0.5, -0.5, 2.5].map((y) =>
      opCase("pow", [floats([6], 1, 0.3, 2)], one((x) => ops.pow(x, y)), ([i], x) => x!(i!) ** y, {
        note: `to ${y}`,
      })
    ),
    opCase("pow", [floats([6], 1, -1, 2)], one((y) => ops.pow(3, y)), ([i], y) => 3 ** y!(i!), {
      note: "of a scalar",
    }),
    opCase("pow", [integers([7], "i32")], one((x) => ops.pow(x, 3)), ([i], x) => x!(i!) ** 3),
    opCase("pow", [bases, exponents], (x, y) => ops.pow(x!, y!), ([i, j], x, y) => ieee(x!(j!), y!(i!, 0)), {
      note: "of special values",
      smooth: false,
    }),
  ];
}

function comparisonCases(): OpCase[] {
  const special = listed([NaN, Infinity, -Infinity, 0, -0, 1e-40, 3e38]);
  const constant = { smooth: false };
  return [
    opCase("isNaN", [special], one(ops.isNaN), ([i], x) => Number(Number.isNaN(x!(i!))), constant),
    opCase("isFinite", [special], one(ops.isFinite), ([i], x) => Number(Number.isFinite(x!(i!))), constant),
    opCase(
      "notEqual",
      [floats([2, 3]), floats([3], 9)],
      (a, b) => ops.notEqual(a!, b!),
      ([i, j], a, b) => Number(a!(i!, j!) !== b!(j!)),
      constant,
    ),
    opCase(
      "notEqual",
      [special, special],
      (a, b) => ops.notEqual(a!, b!),
      ([i], a) => Number(Number.isNaN(a!(i!))),
      {
        ...constant,
        note: "of NaN",
      },
    ),
    opCase(
      "notEqual",
      [integers([5], "bool"), integers([5], "bool", 2)],
      (a, b) => ops.notEqual(a!, b!),
      ([i], a, b) => Number(a!(i!) !== b!(i!)),
      constant,
    ),
    opCase(
      "remainder",
      [listed([5, -5, 5, -5, 7, 0]), listed([3, 3, -3, -3, 0.5, 2])],
      (a, b) => ops.remainder(a!, b!),
      ([i]) => [2, 1, -1, -2, 0, 0][i!]!,
      constant,
    ),
    opCase(
      "atan2",
      [listed([0, -0, 0, -0, 1, -1, 1, -2]), listed([-1, -1, 1, 1, 0, 0, Infinity, 2])],
      (y, x) => ops.atan2(y!, x!),
      ([i], y, x) => Math.atan2(y!(i!), x!(i!)),
      constant,
    ),
  ];
}

/** Returns all cases of compositions of element-wise operations. */
export function activationOpCases(): OpCase[] {
  return [...activationCases(), ...softmaxCases(), ...clampCases(), ...powerCases(), ...comparisonCases()];
}
