/**
 * Cases of creation, movement and matrix products, including broadcast, empty and single-element axes.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { Shape, Tensor } from "@gasp/tensor";
import {
  floats,
  type Formula,
  type HostInput,
  integers,
  type OpCase,
  opCase,
  type Reader,
} from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;
const two = (f: (a: Tensor, b: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;

function creationCases(): OpCase[] {
  return [
    opCase("scalar", [], () => ops.scalar(2.5), () => 2.5),
    opCase("full", [], () => ops.full([2, 3], -1.5), () => -1.5),
    opCase("full", [], () => ops.full([3], 7, "u32"), () => 7, { note: "u32" }),
    opCase("zeros", [], () => ops.zeros([2, 0]), () => 0),
    opCase("ones", [], () => ops.ones([1, 4]), () => 1),
    opCase("arange", [], () => ops.arange(5), ([i]) => i!),
    opCase("arange", [], () => ops.arange(0), ([i]) => i!, { note: "empty" }),
    opCase("arange", [], () => ops.arange(7, -2, -3), ([i]) => 7 - 3 * i!, { note: "downwards" }),
    opCase("arange", [], () => ops.arange(0.5, 2.6, 0.25), ([i]) => 0.5 + i! / 4, { note: "with fractions" }),
    opCase("arange", [], () => ops.arange(3, 3), ([i]) => i!, { note: "empty interval" }),
    opCase("linspace", [], () => ops.linspace(-1, 3, 9), ([i]) => -1 + i! / 2),
    opCase("linspace", [], () => ops.linspace(2, 3, 1), () => 2, { note: "of one element" }),
    opCase("eye", [], () => ops.eye(3), ([i, j]) => (i === j ? 1 : 0)),
    opCase("eye", [], () => ops.eye(2, 4, 1, "i32"), ([i, j]) => (i! + 1 === j ? 1 : 0)),
    opCase("eye", [], () => ops.eye(3, 2, -2), ([i, j]) => (i! - 2 === j ? 1 : 0)),
    opCase("zerosLike", [floats([2, 3])], one(ops.zerosLike), () => 0),
    opCase("onesLike", [integers([4], "u32")], one(ops.onesLike), () => 1),
    opCase(
      "oneHot",
      [integers([5], "i32")],
      one((x) => ops.oneHot(x, 3)),
      ([i, c], x) => x!(i!) === c ? 1 : 0,
    ),
    opCase(
      "oneHot",
      [integers([2, 3], "u32")],
      one((x) => ops.oneHot(x, 4, "bool")),
      ([i, j, c], x) => x!(i!, j!) === c ? 1 : 0,
    ),
  ];
}

/** Returns the flat position of an index. */
function flatIndex(index: readonly number[], shape: Shape): number {
  return index.reduce((position, i, axis) => position * shape[axis]! + i, 0);
}

/** Reads an input by flat position. */
function readFlat(read: Reader, shape: Shape, position: number): number {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return read(...index);
}

function reshapeCase(from: Shape, to: Shape, resolved: Shape = to): OpCase {
  const formula: Formula = (index, x) => readFlat(x!, from, flatIndex(index, resolved));
  return opCase("reshape", [floats(from)], one((x) => ops.reshape(x, to)), formula, { note: `to [${to}]` });
}

function transposeCase(shape: Shape, axes?: readonly number[]): OpCase {
  const order = axes ?? [...shape.keys()].with(-1, shape.length - 2).with(-2, shape.length - 1);
  const formula: Formula = (index, x) => x!(...order.map((_, axis) => index[order.indexOf(axis)]!));
  return opCase("transpose", [floats(shape)], one((x) => ops.transpose(x, axes)), formula, {
    note: `axes [${order}]`,
  });
}

function sliceCase(
  shape: Shape,
  starts: readonly number[],
  ends: readonly number[],
  steps?: readonly number[],
): OpCase {
  const formula: Formula = (index, x) =>
    x!(...index.map((i, axis) => starts[axis]! + i * (steps?.[axis] ?? 1)));
  const note = `[${starts}] to [${ends}] step [${steps ?? "1"}]`;
  return opCase("slice", [floats(shape)], one((x) => ops.slice(x, starts, ends, steps)), formula, { note });
}

function padCase(input: HostInput, low: readonly number[], high: readonly number[]): OpCase {
  const formula: Formula = (index, x) => {
    const source = index.map((i, axis) => i - low[axis]!);
    return source.every((i, axis) => i >= 0 && i < input.shape[axis]!) ? x!(...source) : 0;
  };
  return opCase("pad", [input], one((x) => ops.pad(x, low, high)), formula, {
    note: `[${low}] and [${high}]`,
  });
}

function movementCases(): OpCase[] {
  const broadcasts: [Shape, Shape][] = [[[], [2, 3]], [[1], [0]], [[3], [2, 3]], [[2, 1, 3], [2, 4, 3]], [[
    1,
    1,
  ], [1, 1]]];
  return [
    opCase("identity", [floats([2, 3])], ops.identity, (index, x) => x!(...index)),
    opCase("stopGradient", [floats([2, 3])], ops.stopGradient, (index, x) => x!(...index), { smooth: false }),
    reshapeCase([2, 3], [3, 2]),
    reshapeCase([2, 3], [-1], [6]),
    reshapeCase([], [1, 1]),
    reshapeCase([0, 3], [2, 0]),
    transposeCase([2, 3]),
    transposeCase([2, 3, 4], [2, 0, 1]),
    transposeCase([1, 2, 3], [1, 0, 2]),
    transposeCase([2, 0, 3], [2, 1, 0]),
    ...broadcasts.map(([from, to]) =>
      opCase("broadcastTo", [floats(from)], one((x) => ops.broadcastTo(x, to)), (index, x) => x!(...index), {
        note: `[${to}]`,
      })
    ),
    opCase("expandDims", [floats([2, 3])], one((x) => ops.expandDims(x, 1)), ([i, , j], x) => x!(i!, j!)),
    opCase("expandDims", [floats([2])], one((x) => ops.expandDims(x, -1)), ([i], x) => x!(i!), {
      note: "last",
    }),
    opCase("squeeze", [floats([1, 3, 1])], one((x) => ops.squeeze(x)), ([i], x) => x!(0, i!, 0)),
    opCase("squeeze", [floats([1, 3, 1])], one((x) => ops.squeeze(x, -1)), ([i, j], x) => x!(i!, j!, 0)),
    sliceCase([5], [1], [4]),
    sliceCase([7], [1], [7], [2]),
    sliceCase([8], [1], [7], [3]),
    sliceCase([4, 5], [0, 1], [4, 5], [3, 2]),
    sliceCase([4, 5], [3, 0], [4, 5], [2, 4]),
    sliceCase([3, 2], [1, 1], [1, 2]),
    sliceCase([1], [0], [1], [5]),
    padCase(floats([3]), [2], [1]),
    padCase(floats([2, 3]), [0, 1], [2, 0]),
    padCase(floats([0, 2]), [1, 0], [1, 1]),
    padCase(floats([]), [], []),
    padCase(integers([2], "i32"), [1], [1]),
    padCase(integers([2], "bool"), [1], [1]),
  ];
}

function matmulCase(a: Shape, b: Shape): OpCase {
  const k = a.at(-1)!;
  const formula: Formula = (index, left, right) => {
    const batch = index.slice(0, -2), [i, j] = index.slice(-2);
    let total = 0;
    for (let l = 0; l < k; l++) total += left!(...batch, i!, l) * right!(...batch, l, j!);
    return total;
  };
  return opCase("matmul", [floats(a, 1), floats(b, 2)], two(ops.matmul), formula);
}

function matmulCases(): OpCase[] {
  const transposed: Formula = ([i, j], a, b) => {
    let total = 0;
    for (let l = 0; l < 3; l++) total += a!(l, i!) * b!(j!, l);
    return total;
  };
  return [
    matmulCase([2, 3], [3, 4]),
    matmulCase([1, 1], [1, 1]),
    matmulCase([1, 5], [5, 1]),
    matmulCase([2, 3, 4], [2, 4, 2]),
    matmulCase([3, 4], [2, 4, 2]),
    matmulCase([2, 1, 2, 3], [4, 3, 2]),
    matmulCase([0, 3], [3, 2]),
    matmulCase([2, 0], [0, 3]),
    matmulCase([0, 2, 2], [0, 2, 2]),
    matmulCase([9, 17], [17, 13]),
    opCase(
      "matmul",
      [floats([3, 2], 1), floats([4, 3], 2)],
      two((a, b) => ops.matmul(ops.transpose(a), ops.transpose(b))),
      transposed,
      { note: "of transposes" },
    ),
  ];
}

/** Returns all cases of creation, movement and matrix products. */
export function structuralCases(): OpCase[] {
  return [...creationCases(), ...movementCases(), ...matmulCases()];
}
