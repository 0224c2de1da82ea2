/**
 * Cases of take: along all axes, with repeated and negative indices, which are constants or traced.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { Tensor } from "@gasp/tensor";
import { floats, type HostInput, integers, type OpCase, opCase } from "./op_case.ts";

/** Returns row indices as an input. */
function rows(values: readonly number[], shape: readonly number[] = [values.length]): HostInput {
  return { shape, dtype: "i32", values: Int32Array.from(values) };
}

/** Makes an index traced, so that its values are unknown at the call. */
const traced = (index: Tensor) => ops.add(index, 0);

/** Returns all cases of take. */
export function takeCases(): OpCase[] {
  return [
    opCase("take", [floats([4]), rows([2, 0, 2])], (x, i) => ops.take(x!, i!), ([j], x, i) => x!(i!(j!))),
    opCase(
      "take",
      [floats([4, 3]), rows([2, 0, 2])],
      (x, i) => ops.take(x!, i!),
      ([j, c], x, i) => x!(i!(j!), c!),
    ),
    opCase(
      "take",
      [floats([2, 4, 3]), rows([1, -1, -4], [3])],
      (x, i) => ops.take(x!, i!, 1),
      ([b, j, c], x, i) => x!(b!, (i!(j!) + 4) % 4, c!),
      { note: "along axis 1, negative indices" },
    ),
    opCase(
      "take",
      [floats([2, 4]), rows([1, 0, 3, 3], [2, 2])],
      (x, i) => ops.take(x!, i!, -1),
      ([b, j, l], x, i) => x!(b!, i!(j!, l!)),
      { note: "with two axes of indices" },
    ),
    opCase(
      "take",
      [floats([3, 2]), rows([-9, -1, 2, 7])],
      (x, i) => ops.take(x!, traced(i!)),
      ([j, c], x) => x!([0, 2, 2, 2][j!]!, c!),
      { note: "clamped" },
    ),
    opCase(
      "take",
      [integers([4, 2], "u32"), { ...integers([3], "u32"), values: Uint32Array.of(3, 0, 3) }],
      (x, i) => ops.take(x!, i!),
      ([j, c], x, i) => x!(i!(j!), c!),
    ),
    opCase(
      "take",
      [integers([4], "bool"), rows([3, 1])],
      (x, i) => ops.take(x!, i!),
      ([j], x, i) => x!(i!(j!)),
    ),
    opCase("take", [floats([4, 2]), rows([])], (x, i) => ops.take(x!, i!), () => 0, { note: "of nothing" }),
    opCase("take", [floats([4, 2]), rows([1], [])], (x, i) => ops.take(x!, i!), ([c], x) => x!(1, c!), {
      note: "of a scalar index",
    }),
    opCase(
      "takeAlongAxis",
      [floats([5]), rows([4, 4, 0])],
      (x, i) => ops.takeAlongAxis(x!, i!, 0),
      ([j], x, i) => x!(i!(j!)),
    ),
    opCase(
      "takeAlongAxis",
      [floats([2, 3]), rows([2, 0, 1, 1], [2, 2])],
      (x, i) => ops.takeAlongAxis(x!, i!, 1),
      ([b, j], x, i) => x!(b!, i!(b!, j!)),
    ),
    opCase(
      "takeAlongAxis",
      [floats([2, 3, 2]), rows([2, -1, 1, 0], [2, 1, 2])],
      (x, i) => ops.takeAlongAxis(x!, traced(i!), -2),
      ([b, j, c], x, i) => x!(b!, (i!(b!, j!, c!) + 3) % 3, c!),
    ),
    opCase(
      "takeAlongAxis",
      [integers([3, 2], "i32"), rows([2, 0], [1, 2])],
      (x, i) => ops.takeAlongAxis(x!, i!, 0),
      ([, c], x, i) => x!(i!(0, c!), c!),
    ),
  ];
}
