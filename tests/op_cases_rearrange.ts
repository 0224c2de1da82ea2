/**
 * Cases of concatenation, splitting, repetition, flips, rolls and diagonals.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { DType, Shape, Tensor } from "@gasp/tensor";
import { floats, type Formula, type HostInput, integers, type OpCase, opCase } from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;

function values(shape: Shape, dtype: DType, seed: number): HostInput {
  return dtype === "f32" ? floats(shape, seed) : integers(shape, dtype, seed);
}

function concatenateCase(shapes: readonly Shape[], axis: number, dtype: DType = "f32"): OpCase {
  const inputs = shapes.map((shape, i) => values(shape, dtype, i + 1));
  return opCase(
    "concatenate",
    inputs,
    (...parts) => ops.concatenate(parts, axis),
    concatenated(shapes, axis),
    {
      note: `axis ${axis}`,
    },
  );
}

function concatenated(shapes: readonly Shape[], axis: number): Formula {
  return (index, ...readers) => {
    let along = index[axis]!, part = 0;
    while (along >= shapes[part]![axis]!) along -= shapes[part++]![axis]!;
    return readers[part]!(...index.with(axis, along));
  };
}

function concatenateCases(): OpCase[] {
  const thirty = Array.from({ length: 30 }, (_, i): Shape => [i % 3 + 1, 2]);
  return [
    concatenateCase([[2], [3], [1]], 0),
    concatenateCase([[2, 1], [2, 3]], 1),
    concatenateCase([[2, 2, 2], [2, 1, 2], [2, 3, 2]], 1),
    concatenateCase([[0, 2], [1, 2]], 0),
    concatenateCase([[0, 2], [0, 2]], 0),
    concatenateCase([[1]], 0),
    concatenateCase(thirty, 0),
    ...(["i32", "u32", "bool"] as const).map((dtype) => concatenateCase([[2, 2], [2, 3]], 1, dtype)),
    // Parts that are fused, also through movements, and a repeated one.
    opCase(
      "concatenate",
      [floats([2, 3], 1), floats([3, 2], 2)],
      (a, b) => ops.concatenate([ops.exp(a!), ops.transpose(b!), ops.mul(a!, ops.transpose(b!)), a!], 0),
      ([i, j], a, b) =>
        [
          () => Math.exp(a!(i! % 2, j!)),
          () => b!(j!, i! % 2),
          () => a!(i! % 2, j!) * b!(j!, i! % 2),
          () => a!(i! % 2, j!),
        ][i! >> 1]!(),
      { note: "of expressions" },
    ),
    opCase(
      "concatenate",
      [floats([4, 3], 1)],
      one((x) => ops.tanh(ops.concatenate([ops.sum(x, { axes: 0, keepDims: true }), x], 0))),
      ([i, j], x) =>
        Math.tanh(i === 0 ? [0, 1, 2, 3].reduce((sum, r) => sum + x!(r, j!), 0) : x!(i! - 1, j!)),
      { note: "between kernels" },
    ),
    ...[0, 1, -1].map((axis) =>
      opCase(
        "stack",
        [floats([2, 3], 1), floats([2, 3], 2), floats([2, 3], 3)],
        (...parts) => ops.stack(parts, axis),
        (index, ...readers) => {
          const at = axis < 0 ? 2 : axis;
          return readers[index[at]!]!(...index.toSpliced(at, 1));
        },
        { note: `axis ${axis}` },
      )
    ),
    opCase(
      "stack",
      [integers([], "bool"), integers([], "bool", 2)],
      (...parts) => ops.stack(parts),
      ([i], ...readers) => readers[i!]!(),
    ),
    ...[0, 1, 2].map((part) =>
      opCase(
        "split",
        [floats([2, 6])],
        one((x) => ops.split(x, 3, 1)[part]!),
        ([i, j], x) => x!(i!, 2 * part + j!),
        {
          note: `part ${part}`,
        },
      )
    ),
    opCase("split", [floats([5])], one((x) => ops.split(x, [2, 0, 3])[2]!), ([i], x) => x!(2 + i!), {
      note: "by sizes",
    }),
  ];
}

function flipCases(): OpCase[] {
  const roll = (shape: Shape, shift: number | number[], axes: number | number[]) => {
    const shifts = [shift].flat(), list = [axes].flat();
    const formula: Formula = (index, x) =>
      x!(...index.map((i, axis) => {
        const by = list.reduce((sum, a, k) => (a === axis ? sum + shifts[k]! : sum), 0), size = shape[axis]!;
        return (((i - by) % size) + size) % size;
      }));
    return opCase("roll", [floats(shape)], one((x) => ops.roll(x, shift, axes)), formula, {
      note: `${shift} along ${axes}`,
    });
  };
  const flip = (shape: Shape, axes: number[] | undefined, dtype: DType = "f32") =>
    opCase(
      "flip",
      [values(shape, dtype, 1)],
      one((x) => ops.flip(x, axes)),
      (index, x) =>
        x!(...index.map((i, axis) => (axes ?? [...shape.keys()]).includes(axis) ? shape[axis]! - 1 - i : i)),
      {
        note: `axes ${axes}`,
      },
    );
  return [
    flip([5], undefined),
    flip([2, 3], [0]),
    flip([2, 3], [1]),
    flip([2, 9, 17], [1, 2]),
    flip([0, 2], [0]),
    flip([7], [0], "i32"),
    flip([2, 4], undefined, "bool"),
    opCase(
      "flip",
      [floats([3, 4], 1), floats([5, 4], 2)],
      (a, b) => ops.matmul(ops.flip(a!, 1), ops.transpose(ops.flip(b!, [0, 1]))),
      ([i, j], a, b) => [0, 1, 2, 3].reduce((sum, k) => sum + a!(i!, 3 - k) * b!(4 - j!, 3 - k), 0),
      { note: "fused into a product" },
    ),
    opCase("flip", [floats([2, 6])], one((x) => ops.reshape(ops.flip(x, 1), [3, 4])), ([i, j], x) => {
      const flat = 4 * i! + j!;
      return x!(Math.floor(flat / 6), 5 - flat % 6);
    }, { note: "reshaped" }),
    roll([5], 2, 0),
    roll([5], -1, 0),
    roll([2, 3], [1, 4], [0, 1]),
    roll([2, 3], 3, 1),
  ];
}

function repeatCases(): OpCase[] {
  const tile = (shape: Shape, counts: readonly number[]) => {
    const sizes = [...new Array<number>(counts.length - shape.length).fill(1), ...shape];
    return opCase(
      "tile",
      [floats(shape)],
      one((x) => ops.tile(x, counts)),
      (index, x) => x!(...index.map((i, axis) => i % sizes[axis]!).slice(counts.length - shape.length)),
      { note: `[${counts}]` },
    );
  };
  const repeat = (shape: Shape, count: number, axis: number) =>
    opCase(
      "repeat",
      [floats(shape)],
      one((x) => ops.repeat(x, count, axis)),
      (index, x) => x!(...index.with(axis, Math.floor(index[axis]! / count))),
      { note: `${count} along ${axis}` },
    );
  return [
    tile([3], [2]),
    tile([2, 3], [1, 2]),
    tile([2, 1], [2, 3]),
    tile([2], [2, 3]),
    tile([2], [0]),
    tile([], [3]),
    repeat([3], 2, 0),
    repeat([2, 3], 3, 1),
    repeat([2, 3], 2, 0),
    repeat([2], 0, 0),
  ];
}

function diagonalCases(): OpCase[] {
  const diagonal = (shape: Shape, offset: number) => {
    const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
    const formula: Formula = (index, x) => {
      const i = index.at(-1)!;
      return x!(...index.slice(0, -1), row + i, column + i);
    };
    return opCase("diagonal", [floats(shape)], one((x) => ops.diagonal(x, offset)), formula, {
      note: `offset ${offset}`,
    });
  };
  const triangle = (name: "tril" | "triu", input: HostInput, offset: number) =>
    opCase(name, [input], one((x) => ops[name](x, offset)), (index, x) => {
      const [i, j] = index.slice(-2) as [number, number];
      return (name === "tril" ? j - i <= offset : j - i >= offset) ? x!(...index) : 0;
    }, { note: `offset ${offset}` });
  return [
    diagonal([3, 3], 0),
    diagonal([2, 4], 1),
    diagonal([4, 2], 0),
    diagonal([4, 2], -1),
    diagonal([2, 3, 3], -2),
    diagonal([2, 3], 7),
    opCase("trace", [floats([3, 3])], one((x) => ops.trace(x)), (_, x) => x!(0, 0) + x!(1, 1) + x!(2, 2)),
    opCase(
      "trace",
      [integers([2, 2, 3], "i32")],
      one((x) => ops.trace(x, 1)),
      ([b], x) => x!(b!, 0, 1) + x!(b!, 1, 2),
    ),
    ...(["tril", "triu"] as const).flatMap((name) => [
      triangle(name, floats([3, 3]), 0),
      triangle(name, floats([2, 3, 4]), 1),
      triangle(name, floats([4, 3]), -2),
      triangle(name, integers([3, 3], "bool"), 0),
    ]),
  ];
}

/** Returns all cases of concatenation, splitting, repetition, flips, rolls and diagonals. */
export function rearrangeCases(): OpCase[] {
  return [...concatenateCases(), ...flipCases(), ...repeatCases(), ...diagonalCases()];
}
