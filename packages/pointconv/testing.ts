/**
 * Test helpers of this package.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { evaluate, randomUniform, reference, type Shape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import { type PointSet, pointSet } from "./search/point_set.ts";

/**
 * Evaluates a tensor in double precision.
 *
 * @param x Any tensor that can be evaluated.
 */
export async function numbers(x: Tensor): Promise<number[]> {
  return [...await (await evaluate(x, reference)).data()];
}

/**
 * Asserts that two lists agree relative to the maximum expected magnitude.
 *
 * @param actual Computed values.
 * @param expected Expected values.
 * @param tolerance Maximum relative error. Default: 1e-12.
 */
export function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  if (actual.length !== expected.length) {
    throw new Error(`got ${actual.length} numbers, expected ${expected.length}`);
  }
  const largest = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  actual.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]!) <= tolerance * largest)) {
      throw new Error(`number ${i} is ${value}, expected ${expected[i]} (largest is ${largest})`);
    }
  });
}

/**
 * Returns random values in (-1, 1), determined by the name.
 *
 * @param name Name of the stream.
 * @param shape Shape.
 */
export function randomTensor(name: string, shape: Shape): Tensor {
  return tensor(randomUniform({ seed: 7, stream: name, step: 0 }, sizeOf(shape), -1, 1), shape);
}

/**
 * Returns parameters of a PointConv layer with a small weight net, and its running statistics.
 *
 * @param dimension Dimension of the points.
 * @param channelsIn Input channels.
 * @param channelsOut Output channels.
 */
export function randomLayer(
  dimension: number,
  channelsIn: number,
  channelsOut: number,
): { readonly params: StateDict; readonly statistics: StateDict } {
  const mid = [5, 6], params: Record<string, Tensor> = {}, statistics: Record<string, Tensor> = {};
  const put = (name: string, shape: Shape) => params[name] = randomTensor(name, shape);
  mid.forEach((size, i) => {
    const [affine, norm] = [3 * i, 3 * i + 1].map((index) => `weight_net.forward_layers.${index}`);
    put(`${affine}.weight`, [size, mid[i - 1] ?? dimension, 1, 1]);
    for (const name of [`${affine}.bias`, `${norm}.weight`, `${norm}.bias`]) put(name, [size]);
    statistics[`${norm}.running_mean`] = randomTensor(`mean ${i}`, [size]);
    statistics[`${norm}.running_var`] = tensor(new Float32Array(size).fill(0.5 + i), [size]);
  });
  put("linear.weight", [channelsOut, channelsIn * mid.at(-1)!]);
  put("linear.bias", [channelsOut]);
  return { params, statistics };
}

/**
 * Returns the points of a square grid on [-1, 1]², row-major.
 *
 * @param side Points per side.
 */
export function gridPoints(side: number): PointSet {
  const at = (i: number) => 2 * (i / (side - 1) - 0.5);
  const coordinates = Float32Array.from(
    { length: 2 * side * side },
    (_, i) => at(i % 2 === 0 ? Math.floor(i / 2 / side) : Math.floor(i / 2) % side),
  );
  return pointSet(coordinates, [side * side, 2]);
}
