/**
 * What the families of fixtures have in common: index tables, names of parameters, layouts.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import {
  type ConvTables,
  type Neighbourhood,
  neighbourhoodFrom,
  type PointSet,
  pointSet,
  toBatchMajor,
} from "@gasp/pointconv";
import { gather, reshape, type Tensor, transpose } from "@gasp/tensor";
import type { Fixture } from "./fixture.ts";

/**
 * The points of a fixture: one cloud if its index tables are for one, even where copies of it are stored.
 *
 * @param fixture The file.
 * @param coordinates Name of the coordinates, `[1 or batch, points, dimension]`.
 * @param table Name of any index table, `[1 or batch, ...]`.
 */
export function pointsOf(fixture: Fixture, coordinates: string, table: string): PointSet {
  const { data, shape } = fixture.floats(coordinates);
  const clouds = fixture.integers(table).shape[0]!;
  const [, points, dimension] = shape;
  return pointSet(data.slice(0, clouds * points! * dimension!), [clouds, points!, dimension!]);
}

/**
 * A layer's neighbourhood from stored tables.
 *
 * @param fixture The file.
 * @param inputs Points that the layer reads.
 * @param prefix `idx.` or `idx.layer0.`, ...
 */
export function storedNeighbourhood(fixture: Fixture, inputs: PointSet, prefix: string): Neighbourhood {
  const neighbours = fixture.integers(`${prefix}neighbors`);
  const subsample = `${prefix}subsample`;
  return neighbourhoodFrom(
    inputs,
    fixture.has(subsample) ? fixture.integers(subsample).data : undefined,
    neighbours.data,
    neighbours.shape[2]!,
  );
}

/** True for a running statistic of a state dictionary. @param name Its name. */
export function isStatistic(name: string): boolean {
  return /\.running_(mean|var)$/.test(name);
}

/**
 * A state dictionary as parameters and running statistics.
 *
 * @param tensors Both, by name.
 */
export function splitStatistics(
  tensors: StateDict,
): { params: StateDict; statistics: StateDict } {
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => isStatistic(name) === wanted));
  return { params: part(false), statistics: part(true) };
}

/**
 * Names of the biases right before a batch norm. Their true gradient in training is zero, so what is stored for them is
 * rounding noise, which Adam makes as large as a learning rate.
 *
 * @param names Names of a state dictionary.
 */
export function biasesBeforeNorm(names: readonly string[]): Set<string> {
  const norms = names.flatMap((name) => name.match(/^(.*)\.running_mean$/)?.[1] ?? []);
  return new Set(norms.map((norm) => {
    const [, stem, index] = norm.match(/^(.*?)(\d+)(\.batchnorm)?$/) ?? [];
    const before = Number(index) - 1;
    return norm.endsWith(".batchnorm") ? `${stem}${before}.linear.bias` : `${stem}${before}.bias`;
  }));
}

/**
 * Offsets of every neighbour in the layout of the original, `[clouds, dimension, k, points]`.
 *
 * @param tables Tables of a layer.
 * @param clouds Number of clouds.
 */
export function offsetsByChannel({ offsets, distinct, neighbours }: ConvTables, clouds: number): Tensor {
  const every = distinct ? gather(offsets, distinct.table) : offsets;
  return byChannel(reshape(every, [...neighbours.index.shape, -1]), clouds);
}

/**
 * Values of every neighbour in the layout of the original.
 *
 * @param values `[clouds · points, k, channels]`.
 * @param clouds Number of clouds.
 * @returns `[clouds, channels, k, points]`.
 */
export function byChannel(values: Tensor, clouds: number): Tensor {
  const [rows, k, channels] = values.shape;
  return transpose(reshape(values, [clouds, rows! / clouds, k!, channels!]), [0, 3, 2, 1]);
}

/**
 * Features by example, as the original stores them.
 *
 * @param features `[points, batch, channels]` or `[clouds · points, 1, channels]`.
 * @param neighbourhood Points of the layer that gave them.
 * @returns `[batch, points, channels]`.
 */
export function asStored(features: Tensor, { outputs }: Neighbourhood): Tensor {
  return toBatchMajor(features, outputs.points);
}

/**
 * Coordinates repeated to as many copies as a fixture stores.
 *
 * @param points Points.
 * @param stored Number of elements stored.
 */
export function repeatedCoordinates(points: PointSet, stored: number): Float32Array {
  const { coordinates } = points;
  return Float32Array.from({ length: stored }, (_, i) => coordinates[i % coordinates.length]!);
}
