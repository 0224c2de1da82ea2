/**
 * Fields in memory, with two bytes per value if the file has two, and the range of their values.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { FieldSeries, Packing } from "./field_series.ts";

/** Fields that have been read once. Plain data, so that a worker can send it. */
export interface StoredFields extends Omit<FieldSeries, "read" | "close"> {
  /** Minimum of all values. */
  readonly low: number;
  /** Maximum of all values. */
  readonly high: number;
  /** Packed integers or values, `[items, latitudes, longitudes]`. Absent if they exceed the limit. */
  readonly values?: Int16Array | Float32Array;
}

/** Packs values; returns false if they are not representable. */
function pack(values: Float32Array, { factor, offset }: Packing, into: Int16Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const steps = (values[i]! - offset) / factor, whole = Math.round(steps);
    if (Math.abs(whole) > 32767 || Math.abs(steps - whole) > 0.2) return false;
    into[i] = whole;
  }
  return true;
}

/**
 * Reads all fields once to determine their range, and stores them if they are below a limit.
 *
 * @param series Fields.
 * @param maxBytes Maximum bytes to store.
 * @throws {DataError} If a value is missing or not finite.
 */
export async function storeFields(series: FieldSeries, maxBytes: number): Promise<StoredFields> {
  const { read: _, close: __, ...description } = series;
  const points = series.latitudes.length * series.longitudes.length, total = series.items * points;
  let packing = series.packing;
  let values: Int16Array | Float32Array | undefined;
  if (total * 2 <= maxBytes && packing !== undefined) values = new Int16Array(total);
  else if (total * 4 <= maxBytes) values = new Float32Array(total);
  let low = Infinity, high = -Infinity;
  for (let item = 0; item < series.items; item++) {
    const field = await series.read(item);
    for (let i = 0; i < points; i++) {
      const value = field[i]!;
      if (!Number.isFinite(value)) {
        const row = Math.floor(i / series.longitudes.length), column = i % series.longitudes.length;
        const [north, east] = [series.latitudes[row]!, series.longitudes[column]!].map((x) => +x.toFixed(2));
        throw new DataError(
          `${series.name}: field ${item} has no value at ${north}° north, ${east}° east: fields must be complete. ` +
            "Choose another variable, or fill the gaps.",
        );
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
  return {
    ...description,
    packing: values instanceof Int16Array ? packing : undefined,
    low,
    high,
    ...(values && { values }),
  };
}

/**
 * Returns fields in memory as a series.
 *
 * @param stored Fields.
 * @param values Their values.
 */
export function storedSeries(stored: StoredFields, values: Int16Array | Float32Array): FieldSeries {
  const points = stored.latitudes.length * stored.longitudes.length;
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
