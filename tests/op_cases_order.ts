/**
 * Cases of sorting, cumulative sums and scattering: ties, NaN, all types and axes, short and long rows.
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
  listed,
  type OpCase,
  opCase,
  type Reader,
} from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;

/** Returns the elements along an axis through an index. */
function line(x: Reader, index: readonly number[], axis: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => x(...index.with(axis, i)));
}

/** Returns the stable argsort of values, NaN last. */
function argsort(values: readonly number[], descending: boolean): number[] {
  const compare = (a: number, b: number) => {
    const [x, y] = [values[a]!, values[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return (descending ? y - x : x - y) || a - b;
  };
  return values.map((_, i) => i).sort(compare);
}

const SPECIAL = listed([2, NaN, -1, Infinity, 2, -0, 0, NaN, -Infinity, 1, 2, -3], [2, 6]);
const LARGE: HostInput = {
  shape: [6],
  dtype: "u32",
  values: Uint32Array.of(2 ** 31, 5, 2 ** 32 - 1, 0, 2 ** 31 - 1, 5),
};
const SIGNED: HostInput = {
  shape: [5],
  dtype: "i32",
  values: Int32Array.of(-1, 2 ** 31 - 1, -(2 ** 31), 0, -1),
};

function sortCases(): OpCase[] {
  const choices: readonly (readonly [HostInput, number])[] = [
    [floats([7]), 0],
    [floats([1]), 0],
    [floats([0, 3]), 1],
    [floats([3, 5]), -1],
    [floats([4, 3]), 0],
    [floats([2, 3, 4]), 1],
    [floats([2, 200]), 1],
    [integers([40], "i32"), 0],
    [integers([3, 9], "u32"), 1],
    [integers([3, 9], "bool"), 1],
    [LARGE, 0],
    [SIGNED, 0],
    [SPECIAL, 1],
  ];
  return choices.flatMap(([input, axis]) =>
    [false, true].flatMap((descending) => {
      const size = input.shape.at(axis)!, along = axis < 0 ? axis + input.shape.length : axis;
      const options = { axis, descending }, note = JSON.stringify(options);
      const smooth = input !== SPECIAL;
      const position: Formula = (index, x) =>
        argsort(line(x!, index, along, size), descending)[index[along]!]!;
      const value: Formula = (index, x) => x!(...index.with(along, position(index, x!)));
      return [
        opCase("argsort", [input], one((x) => ops.argsort(x, options)), position, { note, smooth: false }),
        opCase("sort", [input], one((x) => ops.sort(x, options)), value, { note, smooth }),
      ];
    })
  );
}

function topKCases(): OpCase[] {
  const choices: readonly (readonly [HostInput, number, ops.TopKOptions])[] = [
    [floats([9]), 4, {}],
    [floats([9]), 9, { smallest: true }],
    [floats([3, 5]), 2, { axis: 0 }],
    [floats([2, 130]), 60, { axis: 1 }],
    [integers([2, 12], "i32"), 5, { axis: 1, smallest: true }],
    [SPECIAL, 6, {}],
    [LARGE, 1, {}],
  ];
  return choices.flatMap(([input, k, options]) => {
    const along = options.axis ?? input.shape.length - 1, size = input.shape[along]!;
    const smooth = input !== SPECIAL;
    const note = `${k} of ${JSON.stringify(options)}`;
    const position: Formula = (index, x) =>
      argsort(line(x!, index, along, size), !options.smallest)[index[along]!]!;
    const value: Formula = (index, x) => x!(...index.with(along, position(index, x!)));
    return [
      opCase("topK", [input], one((x) => ops.topK(x, k, options).indices), position, { note, smooth: false }),
      opCase("topK", [input], one((x) => ops.topK(x, k, options).values), value, { note, smooth }),
    ];
  });
}

function cumsumCases(): OpCase[] {
  const choices: readonly (readonly [HostInput, number])[] = [
    [floats([7]), 0],
    [floats([1]), 0],
    [floats([2, 0]), 1],
    [floats([3, 5]), 1],
    [floats([5, 3]), 0],
    [floats([4, 3, 21]), 1],
    [floats([2, 2, 4]), -1],
    [integers([9], "i32"), 0],
    [integers([3, 4], "u32"), 0],
  ];
  const cases = choices.flatMap(([input, axis]) =>
    [{}, { reverse: true }, { exclusive: true }, { reverse: true, exclusive: true }].map((options) =>
      cumsumCase(input, { axis, ...options })
    )
  );
  return [...cases, ...longCumsums()];
}

function cumsumCase(input: HostInput, options: ops.CumsumOptions, smooth = true): OpCase {
  const { axis = 0, reverse = false, exclusive = false } = options;
  const along = axis < 0 ? axis + input.shape.length : axis, size = input.shape[along]!;
  const formula: Formula = (index, x) => {
    const at = index[along]!, values = line(x!, index, along, size);
    const [from, to] = reverse ? [exclusive ? at + 1 : at, size] : [0, exclusive ? at : at + 1];
    return values.slice(from, to).reduce((sum, value) => sum + value, 0);
  };
  return opCase("cumsum", [input], one((x) => ops.cumsum(x, options)), formula, {
    note: JSON.stringify(options),
    smooth,
  });
}

/** Axes that are split into chunks, with integers, whose sums are exact in any order. */
function longCumsums(): OpCase[] {
  const values = (shape: Shape): HostInput => ({
    shape,
    dtype: "f32",
    values: Float32Array.from(integers(shape, "i32").values),
  });
  return [
    cumsumCase(values([1500]), {}, false),
    cumsumCase(values([1500]), { reverse: true }, false),
    cumsumCase(values([1025, 2]), { axis: 0, exclusive: true }, false),
    cumsumCase(values([2, 1100]), { axis: 1, reverse: true, exclusive: true }, false),
    cumsumCase(integers([1200], "i32"), {}, false),
  ];
}

function scatterCases(): OpCase[] {
  const rows = (values: readonly number[], shape: Shape = [values.length]): HostInput => ({
    shape,
    dtype: "i32",
    values: Int32Array.from(values),
  });
  const matches = (i: Reader, count: number, row: number, size: number) =>
    Array.from({ length: count }, (_, at) => at).filter((at) => (i(at) + size) % size === row);
  const index = rows([2, 0, -2, 0]);
  return [
    opCase(
      "scatterAdd",
      [floats([4]), index, floats([4], 2)],
      (x, i, u) => ops.scatterAdd(x!, i!, u!),
      ([row], x, i, u) => matches(i!, 4, row!, 4).reduce((sum, at) => sum + u!(at), x!(row!)),
    ),
    opCase(
      "scatterAdd",
      [floats([2, 4, 3]), index, floats([2, 4, 3], 2)],
      (x, i, u) => ops.scatterAdd(x!, i!, u!, 1),
      ([b, row, c], x, i, u) =>
        matches(i!, 4, row!, 4).reduce((sum, at) => sum + u!(b!, at, c!), x!(b!, row!, c!)),
    ),
    opCase(
      "scatterAdd",
      [floats([3, 2]), rows([1, 1, 0, 2], [2, 2]), floats([2, 2, 2], 2)],
      (x, i, u) => ops.scatterAdd(x!, ops.add(i!, 0), u!),
      ([row, c], x, i, u) =>
        matches((at) => i!(at >> 1, at & 1), 4, row!, 3).reduce(
          (sum, at) => sum + u!(at >> 1, at & 1, c!),
          x!(row!, c!),
        ),
    ),
    opCase(
      "scatterAdd",
      [floats([3]), rows([]), floats([0])],
      (x, i, u) => ops.scatterAdd(x!, i!, u!),
      ([row], x) => x!(row!),
    ),
    opCase(
      "scatter",
      [floats([4]), index, floats([4], 2)],
      (x, i, u) => ops.scatter(x!, i!, u!),
      ([row], x, i, u) => {
        const last = matches(i!, 4, row!, 4).at(-1);
        return last === undefined ? x!(row!) : u!(last);
      },
    ),
    opCase(
      "scatter",
      [floats([2, 4, 3]), index, floats([2, 4, 3], 2)],
      (x, i, u) => ops.scatter(x!, i!, u!, -2),
      ([b, row, c], x, i, u) => {
        const last = matches(i!, 4, row!, 4).at(-1);
        return last === undefined ? x!(b!, row!, c!) : u!(b!, last, c!);
      },
    ),
    opCase(
      "scatter",
      [integers([4], "bool"), rows([3, 1]), integers([2], "bool", 2)],
      (x, i, u) => ops.scatter(x!, i!, u!),
      ([row], x, _, u) => row === 3 ? u!(0) : row === 1 ? u!(1) : x!(row!),
    ),
    opCase(
      "scatter",
      [integers([3, 2], "i32"), rows([1]), integers([1, 2], "i32", 2)],
      (x, i, u) => ops.scatter(x!, i!, u!),
      ([row, c], x, _, u) => row === 1 ? u!(0, c!) : x!(row!, c!),
    ),
  ];
}

/** Returns all cases of sorting, cumulative sums and scattering. */
export function orderCases(): OpCase[] {
  return [...sortCases(), ...topKCases(), ...cumsumCases(), ...scatterCases()];
}
