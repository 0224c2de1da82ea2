/**
 * Cases of reductions over no, one, several and empty axes, with all supported types.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { ReduceOptions, Shape, Tensor } from "@gasp/tensor";
import { floats, type Formula, integers, listed, type OpCase, opCase, type Reader } from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;

/** Returns the elements of an input that are reduced to one of the result. */
function reducedElements(
  index: readonly number[],
  x: Reader,
  shape: Shape,
  axes: readonly number[],
  keepDims: boolean,
): number[] {
  let indices: number[][] = [[]];
  let next = 0;
  for (const [axis, size] of shape.entries()) {
    const fixed = !axes.includes(axis);
    const choices = fixed ? [index[keepDims ? axis : next++]!] : Array.from({ length: size }, (_, i) => i);
    indices = indices.flatMap((head) => choices.map((i) => [...head, i]));
  }
  return indices.map((at) => x(...at));
}

/** Definitions of the reductions of f32. */
const reductions: Record<
  "sum" | "mean" | "max" | "min" | "prod" | "variance" | "std" | "norm" | "logsumexp",
  (elements: number[]) => number
> = {
  sum: (elements) => elements.reduce((total, x) => total + x, 0),
  mean: (elements) => elements.reduce((total, x) => total + x, 0) / elements.length,
  max: (elements) => elements.reduce((largest, x) => (x > largest ? x : largest), -Infinity),
  prod: (elements) => elements.reduce((product, x) => product * x, 1),
  variance: (elements) => {
    const mean = reductions.mean(elements);
    return elements.reduce((total, x) => total + (x - mean) ** 2, 0) / elements.length;
  },
  std: (elements) => Math.sqrt(reductions.variance(elements)),
  norm: (elements) => Math.hypot(...elements),
  logsumexp: (elements) => Math.log(elements.reduce((total, x) => total + Math.exp(x), 0)),
  min: (elements) => elements.reduce((smallest, x) => (x < smallest ? x : smallest), Infinity),
};

/** Returns all cases of reductions. */
export function reductionCases(): OpCase[] {
  const choices: [Shape, ReduceOptions, number[]][] = [
    [[], {}, []],
    [[1], {}, [0]],
    [[5], {}, [0]],
    [[2, 3], {}, [0, 1]],
    [[2, 3], { axes: 0 }, [0]],
    [[2, 3], { axes: -1, keepDims: true }, [1]],
    [[2, 3, 4], { axes: [0, 2] }, [0, 2]],
    [[2, 3, 4], { axes: [1], keepDims: true }, [1]],
    [[3, 1], { axes: 1 }, [1]],
    [[2, 0], { axes: 1 }, [1]],
    [[2, 0], { axes: 0 }, [0]],
    [[40, 3], { axes: 0 }, [0]],
  ];
  const names = Object.keys(reductions) as (keyof typeof reductions)[];
  return names.flatMap((name) =>
    choices.filter(([shape, , axes]) => {
      // Roots have no derivative at 0, the deviation of one element or none.
      const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
      return !(name === "std" || name === "variance" || name === "norm") || count > 1;
    }).map(([shape, options, axes]) => {
      const formula: Formula = (index, x) =>
        reductions[name](reducedElements(index, x!, shape, axes, options.keepDims ?? false));
      return opCase(name, [floats(shape)], one((x) => ops[name](x, options)), formula, {
        note: JSON.stringify(options),
      });
    })
  ).concat(
    booleanCases(),
    variantCases(),
    integerCases(),
    argCases(),
    opCase(
      "sum",
      [integers([3, 2], "i32")],
      one((x) => ops.sum(x, { axes: 0 })),
      ([j], x) => x!(0, j!) + x!(1, j!) + x!(2, j!),
    ),
    opCase("sum", [integers([3], "u32")], one((x) => ops.sum(x)), (_, x) => x!(0) + x!(1) + x!(2)),
  );
}

function booleanCases(): OpCase[] {
  const choices: [Shape, ReduceOptions, number[]][] = [
    [[], {}, []],
    [[5], {}, [0]],
    [[2, 3], { axes: 1, keepDims: true }, [1]],
    [[2, 3, 4], { axes: [0, 2] }, [0, 2]],
    [[2, 0], { axes: 1 }, [1]],
  ];
  const names = {
    any: (values: number[]) => values.includes(1),
    all: (values: number[]) => !values.includes(0),
  };
  return (["any", "all"] as const).flatMap((name) =>
    choices.map(([shape, options, axes]) =>
      opCase(
        name,
        [integers(shape, "bool", 2)],
        one((x) => ops[name](x, options)),
        (index, x) => Number(names[name](reducedElements(index, x!, shape, axes, options.keepDims ?? false))),
        {
          note: JSON.stringify(options),
        },
      )
    )
  );
}

function variantCases(): OpCase[] {
  const rows = (x: Reader, i: number) => [0, 1, 2].map((j) => x(i, j));
  return [
    opCase(
      "variance",
      [floats([2, 3])],
      one((x) => ops.variance(x, { axes: 1, correction: 1 })),
      ([i], x) => reductions.variance(rows(x!, i!)) * 1.5,
      { note: "unbiased" },
    ),
    ...[1, 3, Infinity].map((order) =>
      opCase(
        "norm",
        [floats([2, 3])],
        one((x) => ops.norm(x, { axes: 1, order })),
        ([i], x) =>
          order === Infinity
            ? Math.max(...rows(x!, i!).map(Math.abs))
            : rows(x!, i!).reduce((total, v) => total + Math.abs(v) ** order, 0) ** (1 / order),
        {
          note: `of order ${order}`,
        },
      )
    ),
    // No, one or two zeros in a row.
    opCase(
      "prod",
      [listed([1, 2, 3, 4, 0, 5, 0, 6, 0], [3, 3])],
      one((x) => ops.prod(x, { axes: 1 })),
      ([i], x) => reductions.prod(rows(x!, i!)),
      { note: "with zeros", smooth: false },
    ),
  ];
}

/** Sums, products and extrema of integers, which wrap; extrema of nothing are the type's limits. */
function integerCases(): OpCase[] {
  const large = {
    shape: [5],
    dtype: "i32",
    values: Int32Array.of(2 ** 31 - 1, 123456789, -5, 77777, -(2 ** 31)),
  } as const;
  const unsigned = {
    shape: [4],
    dtype: "u32",
    values: Uint32Array.of(2 ** 32 - 1, 123456789, 5, 0),
  } as const;
  const fold =
    (f: (a: number, b: number) => number, start: number, size: number, wrap: (x: number) => number) =>
    (_: readonly number[], x?: Reader) => {
      let total = start;
      for (let i = 0; i < size; i++) total = wrap(f(total, x!(i)));
      return total;
    };
  const signed = (x: number) => x | 0, natural = (x: number) => x >>> 0;
  const empty = integers([0], "i32"), none = integers([0], "u32");
  return [
    opCase("sum", [large], one((x) => ops.sum(x)), fold((a, b) => a + b, 0, 5, signed), {
      note: "with overflow",
    }),
    opCase("prod", [large], one((x) => ops.prod(x)), fold(Math.imul, 1, 5, signed), {
      note: "with overflow",
    }),
    opCase("max", [large], one((x) => ops.max(x)), () => 2 ** 31 - 1),
    opCase("min", [large], one((x) => ops.min(x)), () => -(2 ** 31)),
    opCase("sum", [unsigned], one((x) => ops.sum(x)), fold((a, b) => a + b, 0, 4, natural), {
      note: "with overflow",
    }),
    opCase("max", [unsigned], one((x) => ops.max(x)), () => 2 ** 32 - 1),
    opCase("min", [unsigned], one((x) => ops.min(x)), () => 0),
    opCase("max", [empty], one((x) => ops.max(x)), () => -(2 ** 31), { note: "of nothing" }),
    opCase("min", [empty], one((x) => ops.min(x)), () => 2 ** 31 - 1, { note: "of nothing" }),
    opCase("prod", [none], one((x) => ops.prod(x)), () => 1, { note: "of nothing" }),
    opCase("mul", [large, large], (a, b) => ops.mul(a!, b!), ([i], x) => Math.imul(x!(i!), x!(i!)), {
      note: "with overflow",
    }),
  ];
}

/** Indices of extrema: ties, NaN, all types and axes. */
function argCases(): OpCase[] {
  const constant = { smooth: false };
  const special = listed([1, NaN, Infinity, NaN, -0, 0, -Infinity, 2, 2], [3, 3]);
  const unsigned = { shape: [4], dtype: "u32", values: Uint32Array.of(5, 2 ** 32 - 1, 0, 2 ** 31) } as const;
  const signed = { shape: [4], dtype: "i32", values: Int32Array.of(5, -(2 ** 31), 2 ** 31 - 1, -1) } as const;
  const first = (values: number[], better: (a: number, b: number) => boolean) =>
    values.reduce((best, value, i) => {
      const known = values[best]!;
      return !Number.isNaN(known) && (Number.isNaN(value) || better(value, known)) ? i : best;
    }, 0);
  const names = { argmax: (a: number, b: number) => a > b, argmin: (a: number, b: number) => a < b };
  return (["argmax", "argmin"] as const).flatMap((name) => {
    const better = names[name], f = ops[name];
    const flat = (x: Reader, shape: Shape) => {
      const values: number[] = [];
      for (let i = 0; i < shape[0]!; i++) {
        if (shape.length === 1) values.push(x(i));
        else for (let j = 0; j < shape[1]!; j++) values.push(x(i, j));
      }
      return values;
    };
    const rows = [0, 1, 2];
    return [
      ...[special, integers([3, 3], "i32"), integers([3, 3], "bool"), floats([3, 3])].flatMap((input) => [
        opCase(name, [input], one((x) => f(x)), (_, x) => first(flat(x!, input.shape), better), constant),
        opCase(
          name,
          [input],
          one((x) => f(x, { axis: 1 })),
          ([i], x) => first(rows.map((j) => x!(i!, j)), better),
          { ...constant, note: "along rows" },
        ),
        opCase(
          name,
          [input],
          one((x) => f(x, { axis: 0, keepDims: true })),
          ([, j], x) => first(rows.map((i) => x!(i, j!)), better),
          { ...constant, note: "along columns" },
        ),
      ]),
      ...[unsigned, signed].map((input) =>
        opCase(name, [input], one((x) => f(x)), (_, x) => first(flat(x!, input.shape), better), constant)
      ),
      opCase(name, [floats([300])], one((x) => f(x)), (_, x) => first(flat(x!, [300]), better), constant),
    ];
  });
}
