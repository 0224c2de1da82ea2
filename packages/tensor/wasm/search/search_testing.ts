/**
 * Point sets and kernels for the tests and the benchmark of searches.
 * @module
 */
import type { CountWithinRadiusKernel, KnnKernel } from "../../ir/kernel.ts";
import { type Noise, slots } from "../testing.ts";

/** Kinds of point sets, each with its own difficulty. */
export type PointSet = "random" | "lattice" | "sphere" | "clustered" | "coincident" | "line" | "outliers";

/** A point of the unit sphere, or of its analogue in another dimension. */
function direction(noise: Noise, dimension: number): number[] {
  const point = Array.from({ length: dimension }, () => noise.next() * 2 - 1);
  const length = Math.hypot(...point);
  return length > 0 && length <= 1 ? point.map((x) => x / length) : direction(noise, dimension);
}

/**
 * Generates a point set.
 *
 * @param kind Kind of set.
 * @param count Number of points.
 * @param dimension Coordinates per point.
 * @param noise Random numbers.
 * @returns f32, `[count, dimension]`.
 */
export function pointSet(kind: PointSet, count: number, dimension: number, noise: Noise): Float32Array {
  const points = new Float32Array(count * dimension), side = Math.max(2, Math.ceil(count ** (1 / dimension)));
  const uniform = () => Array.from({ length: dimension }, () => noise.next());
  const slope = uniform(), center = uniform();
  for (let i = 0; i < count; i++) points.set(onePoint(i), i * dimension);
  return points;

  function onePoint(i: number): number[] {
    switch (kind) {
      case "random":
        return uniform();
      case "lattice":
        return Array.from(
          { length: dimension },
          (_, axis) => Math.floor(i / side ** axis) % side / (side - 1),
        );
      case "sphere":
        return direction(noise, dimension);
      case "clustered": {
        // Nine of ten points in a hundredth of the volume, and some of those in far less.
        const size = noise.pick([1, ...new Array(6).fill(0.01 ** (1 / dimension)), 1e-3, 1e-6, 1e-6]);
        return uniform().map((x, axis) => (center[axis] ?? 0) + size * (x - 0.5));
      }
      case "coincident":
        return noise.next() < 0.8 ? center : uniform();
      case "line": {
        const t = noise.next();
        return slope.map((x) => x * t);
      }
      case "outliers":
        return noise.next() < 0.98 ? uniform() : uniform().map((x) => 1e6 * (x - 0.5));
    }
  }
}

/** Start offsets that divide elements among clouds at random; some clouds may be empty. */
export function raggedStarts(count: number, clouds: number, noise: Noise): Int32Array {
  const inner = Array.from({ length: clouds - 1 }, () => noise.integer(0, count)).sort((a, b) => a - b);
  return Int32Array.of(0, ...inner, count);
}

/** Buffer slots of `knn` and `countWithinRadius`. */
export const SEARCH_SLOTS: KnnKernel["buffers"] = slots("r", ["r", "i32"], "r", ["r", "i32"], [
  "w",
  "i32",
]);

/** A k-nearest-neighbour search; one cloud in the Euclidean norm by default. */
export function knnKernel(
  fields: Pick<KnnKernel, "points" | "dimension" | "queries" | "k"> & Partial<KnnKernel>,
): KnnKernel {
  return {
    kind: "knn",
    name: `knn ${JSON.stringify(fields)}`,
    buffers: SEARCH_SLOTS,
    clouds: 1,
    norm: 2,
    radius: Infinity,
    method: "grid",
    distances: false,
    ...fields,
  };
}

/** A count of the points within the radius of a search. */
export function countKernel({ k: _, distances: _without, ...search }: KnnKernel): CountWithinRadiusKernel {
  return { ...search, kind: "countWithinRadius", name: search.name.replace("knn", "count") };
}
