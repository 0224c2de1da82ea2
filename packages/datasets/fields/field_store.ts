/**
 * Fields in memory, with two bytes per value if the file has two, and the range of their values.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { Gaps } from "../core/read_options.ts";
import { type FieldSeries, type Packing, pointCountOf } from "./field_series.ts";

/** Fields that have been read once. Plain data, so that a worker can send it. */
export interface StoredFields extends Omit<FieldSeries, "read" | "close"> {
  /** Minimum of all values. */
  readonly low: number;
  /** Maximum of all values. */
  readonly high: number;
  /** Packed integers or values, `[items, latitudes, longitudes]`. Absent if they exceed the limit. */
  readonly values?: Int16Array | Float32Array;
  /** Whether a value is missing at some point of some field. */
  readonly hasGaps: boolean;
}

/** Packs values; returns false if they are not representable. */
function pack(values: Float32Array, { factor, offset }: Packing, into: Int16Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const steps = (values[i]! - offset) / factor, whole = Math.round(steps);
    if (!(Math.abs(whole) <= 32767) || Math.abs(steps - whole) > 0.2) return false;
    into[i] = whole;
  }
  return true;
}

/**
 * Reads all fields once to determine their range, and stores them if they are below a limit.
 *
 * @param series Fields.
 * @param maxBytes Maximum bytes to store.
 * @param gaps Whether missing values are allowed.
 * @throws {DataError} If a value is missing without being allowed, or all are.
 */
export async function storeFields(
  series: FieldSeries,
  maxBytes: number,
  gaps: Gaps = "refuse",
): Promise<StoredFields> {
  const { read: _, close: __, ...description } = series;
  const points = pointCountOf(series), total = series.items * points;
  let packing = series.packing;
  let values: Int16Array | Float32Array | undefined;
  if (total * 2 <= maxBytes && packing !== undefined) values = new Int16Array(total);
  else if (total * 4 <= maxBytes) values = new Float32Array(total);
  let low = Infinity, high = -Infinity, hasGaps = false;
  for (let item = 0; item < series.items; item++) {
    const field = await series.read(item);
    for (let i = 0; i < points; i++) {
      const value = field[i]!;
      if (!Number.isFinite(value)) {
        if (gaps === "refuse") throw missingValue(series, item, i);
        hasGaps = true;
        field[i] = NaN;
        continue;
      }
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const from = item * points;
    if (values instanceof Int16Array && !pack(field, packing!, values.subarray(from, from + points))) {
      const { factor, offset } = packing!;
      packing = undefined;
      const steps = values;
      values = total * 4 > maxBytes ? undefined : new Float32Array(total);
      for (let i = 0; values && i < from; i++) values[i] = offset + factor * steps[i]!;
    }
    if (values instanceof Float32Array) values.set(field, from);
  }
  if (low > high) throw new DataError(`${series.name}: no field has a value anywhere.`);
  return {
    ...description,
    hasGaps,
    packing: values instanceof Int16Array ? packing : undefined,
    low,
    high,
    ...(values && { values }),
  };
}

function missingValue(series: FieldSeries, item: number, point: number): DataError {
  const { name, latitudes, longitudes, points } = series, width = points ? 1 : longitudes.length;
  const row = Math.floor(point / width), column = points ? point : point % width;
  const [north, east] = [latitudes[row]!, longitudes[column]!].map((x) => +x.toFixed(2));
  return new DataError(
    `${name}: field ${item} has no value at ${north}° north, ${east}° east. Write --gaps points to train on the points ` +
      "that have values, or choose another variable.",
  );
}

/**
 * Returns fields in memory as a series.
 *
 * @param stored Fields.
 * @param values Their values.
 */
export function storedSeries(stored: StoredFields, values: Int16Array | Float32Array): FieldSeries {
  const points = pointCountOf(stored);
  const { factor, offset } = stored.packing ?? { factor: 1, offset: 0 };
  return {
    ...stored,
    read: (item) => {
      const field = values.subarray(item * points, (item + 1) * points);
      const result = Float32Array.from(field);
      if (field instanceof Int16Array) {
        for (let i = 0; i < points; i++) result[i] = offset + factor * field[i]!;
      }
      return Promise.resolve(result);
    },
  };
}
