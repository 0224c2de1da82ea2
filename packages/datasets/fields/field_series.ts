/**
 * Fields over latitude and longitude, read one at a time: what the readers of climate files give and the data set takes.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** A series of fields on one grid. */
export interface FieldSeries {
  /** Where they are from, for messages. */
  readonly name: string;
  /** Number of fields. */
  readonly items: number;
  /** Of the rows, in degrees north. */
  readonly latitudes: Float64Array;
  /** Of the columns, in degrees east. */
  readonly longitudes: Float64Array;
  /** Units of the values. */
  readonly units?: string | undefined;
  /** What is measured. */
  readonly quantity?: string | undefined;
  /** Set where the file holds 16-bit integers: a value is `offset + factor · integer`. */
  readonly packing?: Packing | undefined;
  /**
   * Reads a field.
   *
   * @param item Its number.
   * @returns Values `[latitudes, longitudes]`, NaN where they are missing.
   */
  read(item: number): Promise<Float32Array>;
}

/** How 16-bit integers stand for values. */
export interface Packing {
  /** Value of a step. */
  readonly factor: number;
  /** Value of zero. */
  readonly offset: number;
}

/**
 * Checks that degrees are a proper axis.
 *
 * @param degrees Along the axis.
 * @param what Names the axis and its file in messages.
 * @param limit Largest size of a value.
 * @throws {DataError} If there is none, or one is not finite or beyond the limit, or they do not rise or fall steadily.
 */
export function checkAxis(degrees: Float64Array, what: string, limit: number): void {
  const rising = degrees.length < 2 || degrees[1]! > degrees[0]!;
  const steady = degrees.every((value, i) => i === 0 || (value > degrees[i - 1]!) === rising);
  if (degrees.length === 0 || !steady || !degrees.every((value) => Math.abs(value) <= limit)) {
    throw new DataError(
      `${what} must rise or fall steadily between -${limit} and ${limit} degrees, got ${
        degrees.length === 0 ? "none" : [...degrees.subarray(0, 4)].join(", ")
      }${degrees.length > 4 ? ", …" : ""}.`,
    );
  }
}

/** Whether two axes are the same to within the rounding of files. */
function sameAxis(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-3);
}

/**
 * Several series as one, one after the other.
 *
 * @param name Where they are from.
 * @param parts At least one.
 * @throws {DataError} If there is none, or their grids or units differ.
 */
export function concatenateSeries(name: string, parts: readonly FieldSeries[]): FieldSeries {
  const [first] = parts;
  if (first === undefined) throw new DataError(`${name} holds no fields.`);
  if (parts.length === 1) return first;
  for (const part of parts) {
    if (!sameAxis(part.latitudes, first.latitudes) || !sameAxis(part.longitudes, first.longitudes)) {
      const size = (one: FieldSeries) =>
        `${one.latitudes.length}×${one.longitudes.length} from ${one.latitudes[0]}°, ${one.longitudes[0]}°`;
      throw new DataError(
        `${part.name} is on another grid (${size(part)}) than ${first.name} (${size(first)}): ` +
          "resample them to one, or keep them apart.",
      );
    }
    if (part.units !== first.units) {
      throw new DataError(
        `${part.name} is in ${part.units ?? "no units"}, ${first.name} in ${first.units ?? "no units"}.`,
      );
    }
  }
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.items);
  const samePacking = parts.every(({ packing }) =>
    packing?.factor === first.packing?.factor && packing?.offset === first.packing?.offset
  );
  return {
    ...first,
    name,
    items: ends.at(-1)!,
    packing: samePacking ? first.packing : undefined,
    read: (item) => {
      let part = 0;
      while (part < parts.length - 1 && item >= ends[part]!) part++;
      return parts[part]!.read(item - (ends[part]! - parts[part]!.items));
    },
  };
}
