/**
 * Cases of convolutions, windows, pooling and scaling: ranks, strides, padding, dilations, groups.
 * @module
 */
import * as ops from "@gasp/tensor";
import type { ConvOptions, ConvTransposeOptions, Shape, Tensor } from "@gasp/tensor";
import { floats, type Formula, indicesOf, type OpCase, opCase } from "./op_case.ts";

const one = (f: (x: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;
const two = (f: (x: Tensor, w: Tensor) => Tensor) => f as (...inputs: Tensor[]) => Tensor;
const count = (n: number) => Array.from({ length: n }, (_, i) => i);
const total = (terms: readonly number[]) => terms.reduce((sum, term) => sum + term, 0);
const each = (value: ops.PerAxis | undefined, fallback: number, i: number) =>
  typeof value === "number" ? value : value?.[i] ?? fallback;

function convCase(x: Shape, w: Shape, options: ConvOptions = {}, before?: readonly number[]): OpCase {
  const { groups = 1, padding = 0 } = options,
    [outputs, channels, ...kernel] = w as [number, number, ...number[]];
  const formula: Formula = ([n, o, ...p], input, weight) => {
    const first = Math.floor(o! / (outputs / groups)) * channels;
    return total(
      count(channels).flatMap((c) =>
        indicesOf(kernel).map((k) => {
          const at = p.map((i, axis) =>
            i * each(options.stride, 1, axis) + k[axis]! * each(options.dilation, 1, axis) -
            (before?.[axis] ?? each(padding as ops.PerAxis, 0, axis))
          );
          const inside = at.every((u, axis) => u >= 0 && u < x[2 + axis]!);
          return inside ? input!(n!, first + c, ...at) * weight!(o!, c, ...k) : 0;
        })
      ),
    );
  };
  const note = JSON.stringify(options);
  return opCase(
    "conv",
    [floats(x, 1, -1, 1), floats(w, 2, -1, 1)],
    two((x, w) => ops.conv(x, w, options)),
    formula,
    {
      note,
    },
  );
}

function convTransposeCase(x: Shape, w: Shape, options: ConvTransposeOptions = {}): OpCase {
  const { groups = 1, stride, dilation, padding } = options;
  const [channels, outputs, ...kernel] = w as [number, number, ...number[]], inner = channels / groups;
  const formula: Formula = ([n, o, ...q], input, weight) => {
    const group = Math.floor(o! / outputs);
    return total(
      count(inner).flatMap((c) =>
        indicesOf(kernel).flatMap((k) =>
          indicesOf(x.slice(2)).map((p) => {
            const meets = q.every((u, axis) =>
              u ===
                p[axis]! * each(stride, 1, axis) + k[axis]! * each(dilation, 1, axis) - each(padding, 0, axis)
            );
            return meets
              ? input!(n!, group * inner + c, ...p) * weight!(group * inner + c, o! % outputs, ...k)
              : 0;
          })
        )
      ),
    );
  };
  return opCase(
    "convTranspose",
    [floats(x, 3), floats(w, 4)],
    two((x, w) => ops.convTranspose(x, w, options)),
    formula,
    { note: JSON.stringify(options) },
  );
}

function poolCases(op: "maxPool" | "avgPool"): OpCase[] {
  const poolCase = (x: Shape, options: ops.PoolOptions): OpCase => {
    const padding = typeof options.padding === "number" ? options.padding : 0, space = x.slice(2);
    const sizes = space.map((_, i) => each(options.size, 1, i));
    const formula: Formula = ([n, c, ...p], input) => {
      const values = indicesOf(sizes).map((k) => {
        const at = p.map((i, axis) => i * each(options.stride ?? options.size, 1, axis) + k[axis]! - padding);
        if (at.every((u, axis) => u >= 0 && u < space[axis]!)) return input!(n!, c!, ...at);
        return op === "maxPool" ? -Infinity : 0;
      });
      return op === "maxPool" ? Math.max(...values) : total(values) / values.length;
    };
    return opCase(op, [floats(x)], one((x) => ops[op](x, options)), formula, {
      note: JSON.stringify(options),
    });
  };
  return [
    poolCase([2, 3, 4, 6], { size: 2 }),
    poolCase([1, 2, 5, 5], { size: 3, stride: 2, padding: 1 }),
    poolCase([1, 1, 7], { size: 3, stride: 1 }),
    poolCase([1, 1, 4, 5], { size: [2, 1] }),
    poolCase([0, 1, 4], { size: 2 }),
  ];
}

function unfoldCase(x: Shape, options: ops.UnfoldOptions): OpCase {
  const { axis, step = 1, dilation = 1 } = options;
  const formula: Formula = (index, input) => {
    const at = index.slice(0, -1);
    return input!(...at.with(axis, at[axis]! * step + index.at(-1)! * dilation));
  };
  return opCase("unfold", [floats(x)], one((x) => ops.unfold(x, options)), formula, {
    note: JSON.stringify(options),
  });
}

/** Interpolates linearly between the centres of elements along the spatial axes. */
function linear(x: Shape, factor: number): Formula {
  return ([n, c, ...q], input) => {
    const sides = q.map((i, axis) => {
      const place = Math.min(Math.max((i + 0.5) / factor - 0.5, 0), x[2 + axis]! - 1),
        low = Math.floor(place);
      return [[low, 1 - (place - low)], [Math.min(low + 1, x[2 + axis]! - 1), place - low]] as const;
    });
    return total(
      indicesOf(sides.map(() => 2)).map((side) => {
        const taken = side.map((s, axis) => sides[axis]![s]!);
        return taken.reduce((weight, [, part]) => weight * part, 1) *
          input!(n!, c!, ...taken.map(([at]) => at));
      }),
    );
  };
}

function scaleCases(): OpCase[] {
  return [
    opCase(
      "upsampleNearest",
      [floats([2, 2, 2, 3])],
      one((x) => ops.upsampleNearest(x, [2, 3])),
      ([n, c, i, j], x) => x!(n!, c!, Math.floor(i! / 2), Math.floor(j! / 3)),
    ),
    opCase(
      "upsampleLinear",
      [floats([1, 2, 3, 2])],
      one((x) => ops.upsampleLinear(x, 2)),
      linear([1, 2, 3, 2], 2),
    ),
    opCase("upsampleLinear", [floats([2, 1, 4])], one((x) => ops.upsampleLinear(x, 3)), linear([2, 1, 4], 3)),
    opCase("upsampleLinear", [floats([1, 1, 1])], one((x) => ops.upsampleLinear(x, 2)), linear([1, 1, 1], 2)),
  ];
}

/** Cases of the primitive that the other operations do not reach: mirrored kernels, negative strides, zeros in between. */
function generalCases(): OpCase[] {
  const generalCase = (x: Shape, w: Shape, geometry: ops.ConvGeometry, space: Shape): OpCase => {
    const { strides, dilations, spacings, offsets } = geometry, kernel = w.slice(3);
    const formula: Formula = ([g, n, o, ...p], input, weight) =>
      total(
        count(x[2]!).flatMap((c) =>
          indicesOf(kernel).map((k) => {
            const at = p.map((i, a) =>
              (strides[a]! * i + dilations[a]! * k[a]! + offsets[a]!) / spacings[a]!
            );
            const inside = at.every((u, a) => Number.isInteger(u) && u >= 0 && u < x[3 + a]!);
            return inside ? input!(g!, n!, c, ...at) * weight!(g!, o!, c, ...k) : 0;
          })
        ),
      );
    return opCase(
      "convGeneral",
      [floats(x, 5), floats(w, 6)],
      two((x, w) => ops.convGeneral(x, w, geometry, space)),
      formula,
      { note: JSON.stringify(geometry) },
    );
  };
  return [
    generalCase([1, 2, 2, 6], [1, 3, 2, 3], { strides: [-1], dilations: [2], spacings: [1], offsets: [3] }, [
      5,
    ]),
    generalCase([2, 1, 2, 4], [2, 2, 2, 3], { strides: [2], dilations: [3], spacings: [4], offsets: [-2] }, [
      7,
    ]),
    generalCase([1, 1, 1, 3], [1, 1, 1, 2], { strides: [2], dilations: [2], spacings: [2], offsets: [1] }, [
      3,
    ]),
    generalCase([1, 2, 1, 3, 4], [1, 1, 1, 2, 3], {
      strides: [1, -2],
      dilations: [-1, 1],
      spacings: [2, 3],
      offsets: [1, 4],
    }, [5, 4]),
  ];
}

/** All cases of convolutions, windows, pooling and scaling. */
export function convolutionCases(): OpCase[] {
  return [
    convCase([2, 3, 5, 6], [4, 3, 3, 3], { padding: 1 }),
    convCase([2, 3, 5, 6], [4, 3, 2, 3], { padding: "same", stride: [1, 2] }, [0, 0]),
    convCase([1, 2, 6, 5], [2, 2, 3, 2], { stride: 2, dilation: [1, 2], padding: [1, 0] }),
    convCase([1, 4, 4, 4], [6, 2, 2, 2], { groups: 2 }),
    convCase([2, 4, 5, 5], [4, 1, 3, 3], { groups: 4, padding: 1 }),
    convCase([1, 2, 4, 4], [3, 2, 3, 3], { padding: [[0, 2], [1, 0]] }, [0, 1]),
    convCase([2, 3, 7, 9], [5, 3, 1, 1]),
    convCase([3, 2, 4, 4], [5, 2, 4, 4]),
    convCase([2, 2, 9], [3, 2, 4], { stride: 3 }),
    convCase([1, 2, 3, 4, 3], [2, 2, 2, 2, 2], { padding: 1, stride: [1, 2, 1] }),
    convCase([0, 2, 4], [3, 2, 2]),
    convCase([1, 0, 4], [2, 0, 2]),
    convTransposeCase([2, 3, 4], [3, 2, 4], { stride: 2, padding: 1 }),
    convTransposeCase([1, 2, 3, 3], [2, 2, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }),
    convTransposeCase([1, 4, 2, 3], [4, 1, 2, 2], { stride: [3, 1], dilation: [1, 2], groups: 2 }),
    convTransposeCase([1, 2, 3], [2, 3, 1], { stride: 2 }),
    ...generalCases(),
    ...poolCases("maxPool"),
    ...poolCases("avgPool"),
    unfoldCase([2, 7], { axis: 1, size: 3, step: 2 }),
    unfoldCase([6, 2], { axis: 0, size: 2, dilation: 3 }),
    unfoldCase([2, 6, 2], { axis: 1, size: 3, step: 3 }),
    unfoldCase([5], { axis: 0, size: 1, step: 2 }),
    ...scaleCases(),
  ];
}
