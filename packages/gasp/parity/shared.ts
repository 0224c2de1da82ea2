/**
 * Helpers of the families of fixtures: index tables, names of parameters, memory layouts.
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
 * Returns the points of a fixture: a single cloud if its index tables are for one, even if copies of it are stored.
 *
 * @param fixture Fixture with coordinates and index tables.
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
 * Builds a layer's neighbourhood from stored index tables.
 *
 * @param fixture Fixture with index tables.
 * @param inputs Input points of the layer.
 * @param prefix Prefix of the tables' names: `idx.`, `idx.layer0.`, ...
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

/** Whether a tensor of a state dictionary is a running statistic. @param name Its name. */
export function isStatistic(name: string): boolean {
  return /\.running_(mean|var)$/.test(name);
}

/**
 * Splits a state dictionary into parameters and running statistics.
 *
 * @param tensors State dictionary.
 */
export function splitStatistics(
  tensors: StateDict,
): { params: StateDict; statistics: StateDict } {
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => isStatistic(name) === wanted));
  return { params: part(false), statistics: part(true) };
}

/**
 * Returns the names of the biases directly before a batch norm. Their exact gradient in training mode is zero, so their
 * stored gradient is rounding noise, which Adam amplifies to updates as large as a learning rate.
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
 * Converts offsets of all neighbours to the layout of the reference code, `[clouds, dimension, k, points]`.
 *
 * @param tables Tables of a layer.
 * @param clouds Number of clouds.
 */
export function offsetsByChannel({ offsets, distinct, neighbours }: ConvTables, clouds: number): Tensor {
  const every = distinct ? gather(offsets, distinct.table) : offsets;
  return byChannel(reshape(every, [...neighbours.index.shape, -1]), clouds);
}

/**
 * Converts values of all neighbours to the layout of the reference code.
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
 * Converts features to the layout of the reference code.
 *
 * @param features `[points, batch, channels]` or `[clouds · points, 1, channels]`.
 * @param neighbourhood Neighbourhood of the layer that computed them.
 * @returns `[batch, points, channels]`.
 */
export function toReferenceLayout(features: Tensor, { outputs }: Neighbourhood): Tensor {
  return toBatchMajor(features, outputs.points);
}

/**
 * Repeats coordinates to the number of copies that a fixture stores.
 *
 * @param points Points.
 * @param stored Number of stored elements.
 */
export function repeatedCoordinates(points: PointSet, stored: number): Float32Array {
  const { coordinates } = points;
  return Float32Array.from({ length: stored }, (_, i) => coordinates[i % coordinates.length]!);
}
