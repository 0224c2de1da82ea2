/**
 * Chamfer distances between all shapes of two sets.
 *
 * @module
 */
import {
  add,
  compile,
  type Device,
  disposeTree,
  mean,
  min,
  mul,
  reshape,
  sub,
  type Tensor,
  tensor,
} from "@gasp/tensor";

/** Points of each surface of a set, `[points, 3]`; `undefined` for shapes without a surface. */
export type SurfaceSet = readonly (Float32Array | undefined)[];

/** Squared distance of a shape to an empty one: that of opposite corners of the box. Two empty shapes are equal. */
const EMPTY = 12;

/**
 * Computes the Chamfer distances of all pairs: the mean squared distance to the nearest point of the other surface, summed
 * over both directions.
 *
 * @param a A set, all of whose surfaces have the same number of points.
 * @param b Another one, or the same.
 * @param points Number of points of a surface.
 * @param device Device that computes the distances.
 * @returns Distances, `[a, b]`.
 */
export async function chamferMatrix(
  a: SurfaceSet,
  b: SurfaceSet,
  points: number,
  device: Device,
): Promise<Float64Array> {
  const toA = await meanSquares(a, b, points, device);
  const toB = a === b ? toA : await meanSquares(b, a, points, device);
  return toA.map((square, at) => square + toB[(at % b.length) * a.length + Math.floor(at / b.length)]!);
}

/** Coordinates of points along each axis, `[points]`. */
type Axes = [x: Tensor, y: Tensor, z: Tensor];

/**
 * Computes the mean squared distances from the points of each surface of a set to the nearest points of each target,
 * `[targets, set]`. All pairs of points are compared: for some hundred of them that takes less time than a grid search.
 */
async function meanSquares(
  targets: SurfaceSet,
  set: SurfaceSet,
  points: number,
  device: Device,
): Promise<Float64Array> {
  const rows = set.length * points;
  const program = compile((target: Axes, queries: Axes) => {
    const squares = queries.map((query, axis) => {
      const difference = sub(reshape(query, [rows, 1]), reshape(target[axis]!, [1, points]));
      return mul(difference, difference);
    });
    return mean(reshape(min(squares.reduce(add), { axes: 1 }), [set.length, points]), { axes: 1 });
  }, { device });
  const all = new Float32Array(3 * rows);
  set.forEach((surface, i) => surface && all.set(surface, 3 * i * points));
  const queries = axesOf(all);
  const means = new Float64Array(targets.length * set.length);
  try {
    for (const [i, target] of targets.entries()) {
      const result = target && await program(axesOf(target), queries);
      const found = await result?.data();
      result?.dispose();
      set.forEach((surface, j) => {
        means[i * set.length + j] = surface && found ? found[j]! : surface || found ? EMPTY : 0;
      });
    }
  } finally {
    disposeTree(queries);
    program.release();
  }
  return means;
}

function axesOf(points: Float32Array): Axes {
  const count = points.length / 3;
  return [0, 1, 2].map((axis) =>
    tensor(Float32Array.from({ length: count }, (_, i) => points[3 * i + axis]!), [count])
  ) as Axes;
}
