/**
 * Fixtures of index tables alone (family g): nearest neighbours and farthest-point sampling.
 *
 * Distances are compared always, numbers of points where no others are as near: ties were broken by rounding noise in the
 * original. Picks of farthest-point sampling may differ from the stored ones where rounding decides a tie; then each must
 * be as far from those before it as any point is.
 * @module
 */
import { farthestPoints, nearestNeighbours, takeRows } from "@gasp/pointconv";
import type { Device } from "@gasp/tensor";
import type { Comparison } from "./comparison.ts";
import type { Fixture, HostIntegers } from "./fixture.ts";

/** Distances closer than this are taken for a tie. */
const TIE = 1e-6;

/** Points of a file and where they are searched. */
export interface Setting {
  /** The file. */
  readonly fixture: Fixture;
  /** Where errors are collected. */
  readonly comparison: Comparison;
  /** Where to search. */
  readonly device: Device;
  /** Numbers of a point. */
  readonly dimension: number;
}

/**
 * Compares tables of neighbours and of subsampled points.
 *
 * @param fixture The file: random points in several norms, or all layers of a discriminator on a grid.
 * @param comparison Where errors are collected.
 * @param device Where to search.
 */
export async function compareIndices(
  fixture: Fixture,
  comparison: Comparison,
  device: Device,
): Promise<void> {
  const isGrid = fixture.has("in.coordinates");
  const dimension = fixture.floats(isGrid ? "in.coordinates" : "in.points").shape[1]!;
  const setting = { fixture, comparison, device, dimension };
  if (isGrid) await compareLayers(setting);
  else await compareNorms(setting);
}

async function compareNorms(setting: Setting): Promise<void> {
  const { fixture, comparison, dimension, device } = setting;
  const points = fixture.floats("in.points").data;
  const names = fixture.names.flatMap((name) => /^(.*)\.idx_sorted_by_distance$/.exec(name)?.[1] ?? []);
  for (const name of names) {
    const [label, kind] = name.split(".") as [string, string];
    const queries = fixture.floats(`in.queries_${kind}`).data, norm = normOf(label);
    const stored = fixture.integers(`${name}.idx_sorted_by_distance`), k = stored.shape[1]!;
    const { index, distances } = await nearestNeighbours(points, queries, { dimension, k, norm, device });
    comparison.relative(`${name}.distances`, distances);
    const gaps = fixture.floats(`${name}.gap_to_next`).data;
    comparison.leaveOut(`${name}.gap_to_next`);
    const isClear = (query: number) =>
      gaps[query]! > TIE && !hasTies(distances.subarray(query * k, (query + 1) * k));
    comparison.numbers(`${name}.idx_sorted_by_distance`, wrongRows(index, stored, isClear));
  }
  for (const name of fixture.names.filter((name) => name.endsWith(".fps_idx"))) {
    await comparePicks(setting, name, points, normOf(name.split(".")[0]!));
  }
}

/** Each layer reads the stored points of the one before. */
async function compareLayers(setting: Setting): Promise<void> {
  const { fixture, dimension } = setting;
  let inputs = fixture.floats("in.coordinates").data;
  for (let layer = 0; fixture.has(`layer${layer}.ambiguous`); layer++) {
    const subsample = `layer${layer}.subsample`;
    let queries = inputs;
    if (fixture.has(subsample)) {
      await comparePicks(setting, subsample, inputs, 2);
      queries = takeRows(inputs, fixture.integers(subsample).data, dimension);
    }
    await compareNeighbours(setting, `layer${layer}`, "neighbors_sorted_by_index", inputs, queries, 2);
    inputs = queries;
  }
}

/**
 * Compares neighbours that are stored in the order of their numbers.
 *
 * @param setting The file and where to search.
 * @param prefix Of the names of the table and of what tells which of its rows have ties.
 * @param table Name of the table behind the prefix.
 * @param inputs Points to search.
 * @param queries Points whose neighbours are meant.
 * @param norm Of the distances.
 * @returns Distances, nearest first.
 */
export async function compareNeighbours(
  { fixture, comparison, dimension, device }: Setting,
  prefix: string,
  table: string,
  inputs: Float32Array,
  queries: Float32Array,
  norm: number,
): Promise<Float32Array> {
  const name = `${prefix}.${table}`, stored = fixture.integers(name), k = stored.shape[1]!;
  const { index, distances } = await nearestNeighbours(inputs, queries, { dimension, k, norm, device });
  const ambiguous = fixture.integers(`${prefix}.ambiguous`).data;
  comparison.leaveOut(`${prefix}.ambiguous`);
  const sorted = index.slice();
  for (let query = 0; query < ambiguous.length; query++) sorted.subarray(query * k, (query + 1) * k).sort();
  comparison.numbers(name, wrongRows(sorted, stored, (query) => ambiguous[query] === 0));
  comparison.difference(name, distances, storedDistances(inputs, queries, stored, dimension, norm));
  return distances;
}

/** Distances of the stored neighbours, nearest first. */
function storedDistances(
  inputs: Float32Array,
  queries: Float32Array,
  { data, shape }: HostIntegers,
  dimension: number,
  norm: number,
): Float64Array {
  const k = shape[1]!;
  const result = Float64Array.from(data, (point, i) => {
    return distance(inputs, point, queries, Math.floor(i / k), dimension, norm);
  });
  for (let start = 0; start < result.length; start += k) result.subarray(start, start + k).sort();
  return result;
}

/**
 * Compares farthest-point samples.
 *
 * @param setting The file and where to search.
 * @param name Of the samples' numbers.
 * @param points Points to pick from.
 * @param norm Of the distances.
 */
export async function comparePicks(
  { fixture, comparison, dimension, device }: Setting,
  name: string,
  points: Float32Array,
  norm: number,
): Promise<void> {
  const stored = fixture.integers(name).data;
  const picked = await farthestPoints(points, { dimension, count: stored.length, norm, device });
  const isSame = stored.every((point, i) => picked[i] === point);
  comparison.numbers(name, isSame ? 0 : wrongPicks(picked, points, dimension, norm));
}

/** How many picks are nearer to those before them than the farthest point is, by more than rounding. */
function wrongPicks(picked: Int32Array, points: Float32Array, dimension: number, norm: number): number {
  const nearest = new Float64Array(points.length / dimension).fill(Infinity);
  let wrong = picked[0] === 0 ? 0 : 1;
  picked.forEach((point, i) => {
    const farthest = nearest.reduce((a, b) => Math.max(a, b), 0);
    if (i > 0 && nearest[point]! < farthest * (1 - TIE) - TIE * 1e-1) wrong++;
    nearest.forEach((before, other) => {
      nearest[other] = Math.min(before, distance(points, other, points, point, dimension, norm));
    });
  });
  return wrong;
}

/** Rows that differ from the stored ones, of those that are compared. */
function wrongRows(
  index: Int32Array,
  { data, shape }: HostIntegers,
  isCompared: (row: number) => boolean,
): number {
  const [rows, k] = shape as [number, number];
  let wrong = 0;
  for (let row = 0; row < rows; row++) {
    const isSame = index.subarray(row * k, (row + 1) * k).every((point, i) => point === data[row * k + i]);
    if (isCompared(row) && !isSame) wrong++;
  }
  return wrong;
}

function hasTies(distances: Float32Array): boolean {
  return distances.some((value, i) => i > 0 && value - distances[i - 1]! <= TIE);
}

function distance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  dimension: number,
  norm: number,
): number {
  let total = 0;
  for (let axis = 0; axis < dimension; axis++) {
    const difference = Math.abs(a[i * dimension + axis]! - b[j * dimension + axis]!);
    total = norm === Infinity ? Math.max(total, difference) : total + difference ** norm;
  }
  return norm === Infinity ? total : total ** (1 / norm);
}

/** `l2` → 2, `linf` → Infinity. @param label Name of a norm. */
export function normOf(label: string): number {
  return label === "linf" ? Infinity : Number(label.slice(1));
}
