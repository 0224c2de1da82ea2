/**
 * Converts latitude–longitude grids to canonical form (rows from north to south, columns from 0° eastwards), optionally
 * thinned or resampled.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { SphereBounds } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { checkAxis, type FieldSeries } from "./field_series.ts";

/**
 * Thinning or resampling of a grid.
 *
 * @category Fields
 */
export interface SphereGridOptions {
  /** Stride: keep every n-th row and column, including the first and last row. */
  readonly thin?: number | undefined;
  /**
   * Size `[latitudes, longitudes]` of a regular grid to interpolate to, with both poles and from 0° eastwards: bilinear in
   * latitude and longitude, without smoothing. The value of a pole is the mean of the nearest row.
   */
  readonly resample?: readonly [latitudes: number, longitudes: number] | undefined;
  /**
   * What to do with fields that cannot be resampled to the whole globe, since they cover a part of it or have no rows of
   * latitude: `refuse` them (default), or `keep` their points.
   */
  readonly partial?: "refuse" | "keep" | undefined;
}

/** Linear interpolation between two samples of an axis. */
interface Between {
  readonly before: number;
  readonly after: number;
  /** Weight of `after`, in [0, 1]. */
  readonly weight: number;
}

/** Wraps degrees to [0, 360), tolerating rounding in files. */
function wrap(degrees: number): number {
  const wrapped = ((degrees % 360) + 360) % 360;
  return wrapped > 360 - 1e-4 || wrapped < 1e-9 ? 0 : wrapped;
}

/** Continues degrees across 360°, where files start again from 0° or -180°. */
function unwrapped(longitudes: Float64Array): Float64Array {
  let turns = 0;
  return longitudes.map((east, i) => {
    const step = i === 0 ? 0 : east - longitudes[i - 1]!;
    if (Math.abs(step) > 180 && Math.abs(step) < 360) turns -= Math.sign(step);
    return east + 360 * turns;
  });
}

/**
 * Returns the columns eastwards, without repeated meridians (0° and 360°): from 0° if they go around the globe, else from
 * the west end of the region, so that one across 0° is in one piece.
 */
function eastwards(longitudes: Float64Array): number[] {
  const sorted = [...longitudes.keys()].sort((a, b) => wrap(longitudes[a]!) - wrap(longitudes[b]!));
  const at = (i: number) => wrap(longitudes[sorted[i]!]!);
  const order = sorted.filter((_, i) => i === 0 || at(i) - at(i - 1) > 1e-6);
  const degrees = order.map((column) => wrap(longitudes[column]!));
  const gaps = degrees.map((east, i) =>
    i === 0 ? degrees[0]! + 360 - degrees.at(-1)! : east - degrees[i - 1]!
  );
  const widest = gaps.indexOf(Math.max(...gaps)), [least] = gaps.toSorted((a, b) => a - b);
  // Around the globe, no gap is much wider than the others.
  if (gaps[widest]! < 2.5 * Math.max(least!, 360 / order.length)) return order;
  return [...order.slice(widest), ...order.slice(0, widest)];
}

function southwards(latitudes: Float64Array): number[] {
  const rows = [...latitudes.keys()];
  return latitudes.length > 1 && latitudes[1]! > latitudes[0]! ? rows.reverse() : rows;
}

function thinned(rows: number[], columns: number[], thin: number, name: string): [number[], number[]] {
  if (!Number.isInteger(thin) || thin < 1) {
    throw new RangeError(`thin must be a positive integer, got ${thin}`);
  }
  if ((rows.length - 1) % thin !== 0 || columns.length % thin !== 0) {
    throw new DataError(
      `${name}: ${rows.length} rows and ${columns.length} columns cannot be thinned by ${thin}: rows minus one, and ` +
        "columns, must be multiples of it. Resample instead.",
    );
  }
  const every = (_: number, i: number) => i % thin === 0;
  return [rows.filter(every), columns.filter(every)];
}

/** Finds the rows around a latitude; beyond the outermost row, that row. */
function betweenRows(latitudes: Float64Array, latitude: number): Between {
  const after = latitudes.findIndex((row) => row <= latitude);
  if (after === 0) return { before: 0, after: 0, weight: 0 };
  if (after < 0) return { before: latitudes.length - 1, after: latitudes.length - 1, weight: 0 };
  const before = after - 1;
  const weight = (latitudes[before]! - latitude) / (latitudes[before]! - latitudes[after]!);
  return { before, after, weight };
}

/** Finds the columns around a longitude, across 0° if necessary. */
function betweenColumns(longitudes: Float64Array, longitude: number): Between {
  const found = longitudes.findIndex((column) => column > longitude);
  const after = Math.max(found, 0);
  const before = found <= 0 ? longitudes.length - 1 : found - 1;
  const gap = longitudes[after]! - longitudes[before]! + (found <= 0 ? 360 : 0);
  const step = wrap(longitude - longitudes[before]!);
  return { before, after, weight: longitudes.length === 1 ? 0 : step / gap };
}

/**
 * Whether a grid has no gaps too wide to interpolate over.
 *
 * @param latitudes Latitudes of the rows, from north to south.
 * @param longitudes Longitudes of the columns, eastwards.
 */
export function coversGlobe(latitudes: Float64Array, longitudes: Float64Array): boolean {
  const gap = Math.max(...longitudes.map((east, i) => i === 0 ? 0 : east - longitudes[i - 1]!));
  const over = longitudes[0]! + 360 - longitudes.at(-1)!;
  const step = 180 / latitudes.length;
  const reach = Math.min(latitudes[0]!, -latitudes.at(-1)!);
  return Math.max(gap, over) <= 2.5 * 360 / longitudes.length && reach >= 90 - 2.5 * step;
}

function resampler(
  latitudes: Float64Array,
  longitudes: Float64Array,
  [height, width]: readonly [number, number],
) {
  if (![height, width].every(Number.isInteger) || height < 2 || width < 1) {
    throw new RangeError(`a grid needs at least 2 latitudes and 1 longitude, got ${height}×${width}`);
  }
  // Coordinates, a field, and its features.
  const bytes = (rows: number) => 20 * width / height * rows ** 2;
  requireMemory({
    purpose: `a field resampled to ${height}×${width}`,
    bytes: bytes(height),
    parameters: [{ name: "resolution", value: height, least: 2, bytes }],
  });
  const toLatitudes = Float64Array.from({ length: height }, (_, row) => 90 - 180 * row / (height - 1));
  const toLongitudes = Float64Array.from({ length: width }, (_, column) => 360 * column / width);
  const rows = [...toLatitudes].map((latitude) => betweenRows(latitudes, latitude));
  const columns = [...toLongitudes].map((longitude) => betweenColumns(longitudes, longitude));
  const from = longitudes.length;
  const apply = (values: Float32Array): Float32Array => {
    const result = new Float32Array(height * width);
    for (const [row, north] of rows.entries()) {
      if (row === 0 || row === height - 1) {
        const nearest = values.subarray(north.after * from, (north.after + 1) * from);
        const mean = nearest.reduce((sum, value) => sum + value, 0) / from;
        result.fill(mean, row * width, (row + 1) * width);
        continue;
      }
      for (const [column, west] of columns.entries()) {
        const along = (at: number) =>
          values[at * from + west.before]! * (1 - west.weight) +
          values[at * from + west.after]! * west.weight;
        result[row * width + column] = along(north.before) * (1 - north.weight) +
          along(north.after) * north.weight;
      }
    }
    return result;
  };
  return { latitudes: toLatitudes, longitudes: toLongitudes, apply };
}

/** Checks the points of a grid without rows and columns, and thins them. */
function normalisePoints(
  series: FieldSeries,
  { thin = 1, resample, partial }: SphereGridOptions,
): FieldSeries {
  const { name, latitudes, longitudes } = series;
  if (resample !== undefined && partial !== "keep") {
    throw new DataError(
      `${name} has a grid without rows of latitude: it cannot be resampled: omit --resolution.`,
    );
  }
  if (!Number.isInteger(thin) || thin < 1) {
    throw new RangeError(`thin must be a positive integer, got ${thin}`);
  }
  const every = <T extends Float64Array | Float32Array>(values: T) =>
    thin === 1 ? values : values.filter((_, i) => i % thin === 0) as T;
  return {
    ...series,
    latitudes: every(latitudes),
    longitudes: every(longitudes),
    read: async (item) => every(await series.read(item)),
  };
}

/**
 * Converts fields to canonical form.
 *
 * @param series Fields with rows in either direction and columns from any meridian.
 * @param options Thinning or resampling.
 * @returns The fields with rows from north to south and columns from 0° eastwards.
 * @throws {DataError} If the axes are not latitudes and longitudes, or the grid cannot be thinned or resampled.
 * @throws {MemoryError} If a resampled field does not fit in memory.
 * @throws {RangeError} If both are requested, or a size is out of range.
 */
export function normaliseSeries(series: FieldSeries, options: SphereGridOptions = {}): FieldSeries {
  const { thin, resample } = options;
  if (thin !== undefined && resample !== undefined) {
    throw new RangeError("thin and resample exclude each other");
  }
  if (series.points) return normalisePoints(series, options);
  checkAxis(series.latitudes, `${series.name}: latitudes`, 90.001);
  checkAxis(unwrapped(series.longitudes), `${series.name}: longitudes`, 720);
  const width = series.longitudes.length;
  const [rows, columns] = thinned(
    southwards(series.latitudes),
    eastwards(series.longitudes),
    thin ?? 1,
    series.name,
  );
  const latitudes = Float64Array.from(rows, (row) => series.latitudes[row]!);
  const longitudes = Float64Array.from(columns, (column) => wrap(series.longitudes[column]!));
  const isCanonical = rows.length * columns.length === series.latitudes.length * width &&
    rows.every((row, i) => row === i) && columns.every((column, i) => column === i);
  const ordered = async (item: number): Promise<Float32Array> => {
    const values = await series.read(item);
    if (isCanonical) return values;
    const result = new Float32Array(rows.length * columns.length);
    let to = 0;
    for (const row of rows) for (const column of columns) result[to++] = values[row * width + column]!;
    return result;
  };
  if (resample === undefined) return { ...series, latitudes, longitudes, read: ordered };
  if (!coversGlobe(latitudes, longitudes)) {
    const part = `${latitudes.at(-1)}° to ${latitudes[0]}° north, ${longitudes[0]}° to ${
      longitudes.at(-1)
    }° east`;
    if (options.partial === "keep") {
      const note = `the fields cover a part of the globe (${part}) and are not resampled`;
      return { ...series, latitudes, longitudes, notes: [...series.notes ?? [], note], read: ordered };
    }
    throw new DataError(
      `${series.name} covers only part of the globe (${part}) and cannot be resampled to all of it: omit --resolution.`,
    );
  }
  const { apply, ...grid } = resampler(latitudes, longitudes, resample);
  return { ...series, ...grid, packing: undefined, read: async (item) => apply(await ordered(item)) };
}

/**
 * Whether a canonical grid is regular: both poles, and equal steps all around from 0°.
 *
 * @param latitudes Latitudes of the rows.
 * @param longitudes Longitudes of the columns.
 */
export function isRegularGrid(latitudes: Float64Array, longitudes: Float64Array): boolean {
  const height = latitudes.length, width = longitudes.length;
  return height > 1 &&
    latitudes.every((value, row) => Math.abs(value - (90 - 180 * row / (height - 1))) < 1e-3) &&
    longitudes.every((value, column) => Math.abs(value - 360 * column / width) < 1e-3);
}

/**
 * Returns the part of the globe that a canonical grid covers.
 *
 * @param latitudes Latitudes of the rows.
 * @param longitudes Longitudes of the columns, eastwards from the west end, in [0, 360).
 * @returns Undefined for a grid around the globe, or a single row, which has no extent.
 */
export function boundsOf(latitudes: Float64Array, longitudes: Float64Array): SphereBounds | undefined {
  const north = latitudes[0]!, south = latitudes.at(-1)!, first = longitudes[0]!, last = longitudes.at(-1)!;
  if (coversGlobe(latitudes, longitudes) || north <= south) return undefined;
  const turn = first > 180 ? 360 : 0, width = last < first ? last + 360 - first : last - first;
  return { north, south, west: first - turn, east: first - turn + width };
}
