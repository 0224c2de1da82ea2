/**
 * Convolutions of the reference interpreter, by definition.
 * @module
 */
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { ConvGeometry } from "../graph/primitives.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Values of any type, as doubles. */
type Values = Float64Array;

/**
 * `out[g, n, o, p] = Σ_{c, k} X[g, n, c, strides · p + dilations · k + offsets] · w[g, o, c, k]`, where `X[spacings ·
 * u] = x[u]`.
 *
 * @param out Result.
 * @param geometry Strides, dilations, spacings, offsets.
 * @param x Input.
 * @param w Weights.
 */
export function convolve(out: Tensor, geometry: ConvGeometry, x: Values, w: Values): Values {
  const [input, weights] = out.node.inputs as [Tensor, Tensor];
  const { strides, dilations, spacings, offsets } = geometry;
  const [, batch, channels, ...size] = input.shape as [number, number, number, ...number[]];
  const [, outputs, , ...kernel] = weights.shape as [number, number, number, ...number[]];
  const space = out.shape.slice(3), places = sizeOf(space), taps = sizeOf(kernel), inner = sizeOf(size);
  const result = new Float64Array(out.size);
  forEachIndex(space, (p, place) =>
    forEachIndex(kernel, (k, tap) => {
      const at = p.map((i, axis) =>
        (strides[axis]! * i + dilations[axis]! * k[axis]! + offsets[axis]!) / spacings[axis]!
      );
      if (!at.every((u, axis) => Number.isInteger(u) && u >= 0 && u < size[axis]!)) return;
      const position = at.reduce((sum, u, axis) => sum * size[axis]! + u, 0);
      for (let example = 0; example < out.shape[0]! * batch; example++) {
        const group = Math.floor(example / batch);
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          for (let c = 0; c < channels; c++) {
            sum += x[(example * channels + c) * inner + position]! *
              w[((group * outputs + o) * channels + c) * taps + tap]!;
          }
          result[(example * outputs + o) * places + place]! += sum;
        }
      }
    }));
  return result;
}

/** Visits every index of a shape in row-major order, with its flat index. */
function forEachIndex(shape: Shape, visit: (index: readonly number[], position: number) => void): void {
  for (let position = 0; position < sizeOf(shape); position++) {
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    visit(index, position);
  }
}
