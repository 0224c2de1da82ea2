/**
 * Fixtures of index tables (family g): k nearest neighbours and farthest point sampling.
 *
 * Distances are always compared, indices only where the neighbours are unambiguous: in the reference code rounding decides
 * ties. Farthest point samples may differ from the stored ones where rounding decides a tie; then each must be as far from
 * those before it as any other point.
 * @module
 */
import { farthestPoints, nearestNeighbours, takeRows } from "@gasp/pointconv";
import type { Device } from "@gasp/tensor";
import type { Comparison } from "./comparison.ts";
import type { Fixture, HostIntegers } from "./fixture.ts";

/** Distances that differ by less count as tied. */
const TIE = 1e-6;

/** A fixture and how to compare it. */
export interface Setting {
  /** Fixture with index tables. */
  readonly fixture: Fixture;
  /** Collects the errors. */
  readonly comparison: Comparison;
  /** Device that computes. */
  readonly device: Device;
  /** Dimension of the coordinates. */
  readonly dimension: number;
}

/**
 * Compares nearest neighbours and farthest point samples.
 *
 * @param fixture Fixture of family g: random points with several norms, or the layers of a discriminator on a grid.
 * @param comparison Collects the errors.
 * @param device Device that computes.
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
    const queries = fixture.floats(`in.queries_${kind}`).data, norm = parseNorm(label);
    const stored = fixture.integers(`${name}.idx_sorted_by_distance`), k = stored.shape[1]!;
    const { index, distances } = await nearestNeighbours(points, queries, { dimension, k, norm, device });
    comparison.relative(`${name}.distances`, distances);
    const gaps = fixture.floats(`${name}.gap_to_next`).data;
    comparison.exclude(`${name}.gap_to_next`);
    const isClear = (query: number) =>
      gaps[query]! > TIE && !hasTies(distances.subarray(query * k, (query + 1) * k));
    comparison.mismatches(`${name}.idx_sorted_by_distance`, countWrongRows(index, stored, isClear));
  }
  for (const name of fixture.names.filter((name) => name.endsWith(".fps_idx"))) {
    await compareFarthestPoints(setting, name, points, parseNorm(name.split(".")[0]!));
  }
}

/** The inputs of each layer are the stored outputs of the previous one. */
async function compareLayers(setting: Setting): Promise<void> {
  const { fixture, dimension } = setting;
  let inputs = fixture.floats("in.coordinates").data;
  for (let layer = 0; fixture.has(`layer${layer}.ambiguous`); layer++) {
    const subsample = `layer${layer}.subsample`;
    let queries = inputs;
    if (fixture.has(subsample)) {
      await compareFarthestPoints(setting, subsample, inputs, 2);
      queries = takeRows(inputs, fixture.integers(subsample).data, dimension);
    }
    await compareNeighbours(setting, `layer${layer}`, "neighbors_sorted_by_index", inputs, queries, 2);
    inputs = queries;
  }
}

/**
 * Compares nearest neighbours that are stored in the order of their indices.
 *
 * @param setting The fixture and how to compare it.
 * @param prefix Prefix of the names of the table and of its mask of rows with ties, `ambiguous`.
 * @param table Name of the table after the prefix.
 * @param inputs Points to search, `[points, dimension]`.
 * @param queries Points whose neighbours are computed, `[points, dimension]`.
 * @param norm Order of the norm.
 * @returns Distances in ascending order, `[queries, k]`.
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
  comparison.exclude(`${prefix}.ambiguous`);
  const sorted = index.slice();
  for (let query = 0; query < ambiguous.length; query++) sorted.subarray(query * k, (query + 1) * k).sort();
  comparison.mismatches(name, countWrongRows(sorted, stored, (query) => ambiguous[query] === 0));
  comparison.difference(name, distances, storedDistances(inputs, queries, stored, dimension, norm));
  return distances;
}

/** Distances of the stored neighbours in ascending order. */
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
 * Compares farthest point samples.
 *
 * @param setting The fixture and how to compare it.
 * @param name Name of the stored indices.
 * @param points Points to sample from, `[points, dimension]`.
 * @param norm Order of the norm.
 */
export async function compareFarthestPoints(
  { fixture, comparison, dimension, device }: Setting,
  name: string,
  points: Float32Array,
  norm: number,
): Promise<void> {
  const stored = fixture.integers(name).data;
  const picked = await farthestPoints(points, { dimension, count: stored.length, norm, device });
  const isSame = stored.every((point, i) => picked[i] === point);
  comparison.mismatches(name, isSame ? 0 : countWrongPicks(picked, points, dimension, norm));
}

/** Number of picks that are closer to previous ones than the farthest point is, by more than rounding. */
function countWrongPicks(picked: Int32Array, points: Float32Array, dimension: number, norm: number): number {
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

/** Number of compared rows that differ from the stored ones. */
function countWrongRows(
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

/** Parses the name of a norm: `l2` → 2, `linf` → Infinity. @param label Name of a norm. */
export function parseNorm(label: string): number {
  return label === "linf" ? Infinity : Number(label.slice(1));
}
