/**
 * Which points a layer gives and which points each of them reads.
 *
 * Clouds that differ within a batch are joined into one: point p of cloud c becomes point `c · points + p`, and
 * neighbours are found inside each cloud. From there on a layer knows one list of points only.
 * @module
 */
import { showShape } from "@gasp/tensor";
import { farthestPoints } from "./farthest_point.ts";
import { nearestNeighbours } from "./knn.ts";
import { cloudOf, type PointSet } from "./point_set.ts";

/** What a layer asks of its points. */
export interface NeighbourhoodOptions {
  /** Points that the layer gives, of each cloud. */
  readonly points: number;
  /** Neighbours of each of them, itself included. */
  readonly neighbours: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Where farthest-point sampling starts. Default: point 0. */
  readonly start?: number;
}

/** The points of a layer, in the numbering of the joined clouds. */
export interface Neighbourhood {
  /** `[clouds · points out]`: the input point at which each output point lies. */
  readonly centres: Int32Array;
  /** `[clouds · points out, neighbours]`. */
  readonly neighbours: Int32Array;
  /** Neighbours of each output point. */
  readonly k: number;
  /** Points that the layer reads. */
  readonly inputs: PointSet;
  /** Points that the layer gives. */
  readonly outputs: PointSet;
}

/**
 * Finds the output points by farthest-point sampling (all points, in order, if as many are asked for as there are) and
 * the nearest neighbours of each.
 *
 * @param inputs Points that the layer reads.
 * @param options Points and neighbours.
 * @throws {RangeError} If more points or neighbours are asked for than there are.
 */
export function findNeighbourhood(inputs: PointSet, options: NeighbourhoodOptions): Neighbourhood {
  const { points, neighbours: k, norm = 2, start = 0 } = options;
  const { dimension } = inputs;
  if (!Number.isInteger(points) || points < 1 || points > inputs.points) {
    throw new RangeError(`a layer of ${points} points needs at least as many inputs, got ${inputs.points}`);
  }
  const subsample = points === inputs.points ? undefined : new Int32Array(inputs.clouds * points);
  const neighbours = new Int32Array(inputs.clouds * points * k);
  for (let cloud = 0; cloud < inputs.clouds; cloud++) {
    const all = cloudOf(inputs, cloud);
    const chosen = subsample && farthestPoints(all, { dimension, count: points, norm, start });
    if (chosen) subsample.set(chosen, cloud * points);
    const queries = chosen ? rowsOf(all, chosen, dimension) : all;
    neighbours.set(nearestNeighbours(all, queries, { dimension, k, norm }).index, cloud * points * k);
  }
  return neighbourhoodFrom(inputs, subsample, neighbours, k);
}

/**
 * A neighbourhood from tables that exist.
 *
 * @param inputs Points that the layer reads.
 * @param subsample `[clouds, points out]`, numbers within each cloud; `undefined`: all points in order.
 * @param neighbours `[clouds, points out, k]`, numbers within each cloud.
 * @param k Neighbours of each output point.
 * @throws {RangeError} If the sizes do not fit or a number names no point.
 */
export function neighbourhoodFrom(
  inputs: PointSet,
  subsample: Int32Array | undefined,
  neighbours: Int32Array,
  k: number,
): Neighbourhood {
  const { clouds, dimension } = inputs;
  const points = subsample ? subsample.length / clouds : inputs.points;
  if (!Number.isInteger(points) || neighbours.length !== clouds * points * k) {
    throw new RangeError(
      `tables for ${clouds} clouds need shapes ${showShape([clouds, points])} and ` +
        `${showShape([clouds, points, k])}, got ${subsample?.length} and ${neighbours.length} numbers`,
    );
  }
  const centres = joined(subsample ?? everyPoint(inputs), inputs, points);
  return {
    centres,
    neighbours: joined(neighbours, inputs, points * k),
    k,
    inputs,
    outputs: {
      coordinates: rowsOf(inputs.coordinates, centres, dimension),
      clouds,
      points,
      dimension,
    },
  };
}

function everyPoint({ clouds, points }: PointSet): Int32Array {
  return Int32Array.from({ length: clouds * points }, (_, i) => i % points);
}

function joined(index: Int32Array, { points }: PointSet, perCloud: number): Int32Array {
  return index.map((point, i) => {
    if (point < 0 || point >= points) {
      throw new RangeError(`table position ${i} names point ${point}, but points are 0 to ${points - 1}`);
    }
    return Math.floor(i / perCloud) * points + point;
  });
}

function rowsOf(coordinates: Float32Array, index: Int32Array, dimension: number): Float32Array {
  const rows = new Float32Array(index.length * dimension);
  for (let i = 0; i < index.length; i++) {
    const start = index[i]! * dimension;
    rows.set(coordinates.subarray(start, start + dimension), i * dimension);
  }
  return rows;
}
