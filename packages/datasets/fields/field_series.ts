/**
 * Series of fields over latitude and longitude: the interface between the readers of climate files and the data set.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** A series of fields on one grid. */
export interface FieldSeries {
  /** Source, for messages. */
  readonly name: string;
  /** Number of fields. */
  readonly items: number;
  /** Latitudes of the rows, in degrees north. */
  readonly latitudes: Float64Array;
  /** Longitudes of the columns, in degrees east. */
  readonly longitudes: Float64Array;
  /** Whether latitudes and longitudes are those of each point; otherwise they are those of rows and columns. */
  readonly points?: boolean | undefined;
  /** What was assumed and left out, as sentences. */
  readonly notes?: readonly string[] | undefined;
  /** Units of the values. */
  readonly units?: string | undefined;
  /** Quantity, for example `2 metre temperature`. */
  readonly quantity?: string | undefined;
  /** Packing of values as 16-bit integers, if the file has it. */
  readonly packing?: Packing | undefined;
  /**
   * Reads a field.
   *
   * @param item Item index.
   * @returns Values `[latitudes, longitudes]` or `[points]`, NaN if missing.
   */
  read(item: number): Promise<Float32Array>;
  /** Closes the files that `read` needs; absent if there are none. */
  close?(): void;
}

/**
 * Returns the number of points of a field.
 *
 * @param series Fields.
 */
export function pointCountOf({ latitudes, longitudes, points }: Omit<FieldSeries, "read">): number {
  return points ? latitudes.length : latitudes.length * longitudes.length;
}

/** Packing of values as integers: a value is `offset + factor · integer`. */
export interface Packing {
  /** Value of a step. */
  readonly factor: number;
  /** Value of 0. */
  readonly offset: number;
}

/**
 * Checks that degrees along an axis are monotonic and within a limit.
 *
 * @param degrees Degrees along the axis.
 * @param what Name of the axis and its file for messages.
 * @param limit Maximum absolute value.
 * @throws {DataError} If there are none, one is not finite or beyond the limit, or they are not strictly monotonic.
 */
export function checkAxis(degrees: Float64Array, what: string, limit: number): void {
  const increasing = degrees.length < 2 || degrees[1]! > degrees[0]!;
  const monotonic = degrees.every((value, i) =>
    i === 0 || (increasing ? value > degrees[i - 1]! : value < degrees[i - 1]!)
  );
  if (degrees.length === 0 || !monotonic || !degrees.every((value) => Math.abs(value) <= limit)) {
    throw new DataError(
      `${what} must increase or decrease strictly, without repeats, between -${limit} and ${limit} degrees, got ${
        degrees.length === 0 ? "none" : [...degrees.subarray(0, 4)].join(", ")
      }${degrees.length > 4 ? ", …" : ""}.`,
    );
  }
}

/** Whether two axes are equal up to rounding in files. */
function sameAxis(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-3);
}

/**
 * Checks that two series are features of the same items at the same points.
 *
 * @param first Fields of one feature.
 * @param other Fields of another.
 * @throws {DataError} If their grids or numbers of items differ.
 */
export function requireSameFields(first: FieldSeries, other: FieldSeries): void {
  const isSame = first.items === other.items && first.points === other.points &&
    sameAxis(first.latitudes, other.latitudes) && sameAxis(first.longitudes, other.longitudes);
  if (isSame) return;
  throw new DataError(
    `${other.name}: ${other.quantity} has ${other.items} items of ${
      pointCountOf(other)
    } points, ${first.quantity} ` +
      `${first.items} of ${pointCountOf(first)}: features of one set need the same times and grid.`,
  );
}

/**
 * Concatenates series.
 *
 * @param name Source, for messages.
 * @param parts Series.
 * @throws {DataError} If there are none, or their grids or units differ.
 */
export function concatenateSeries(name: string, parts: readonly FieldSeries[]): FieldSeries {
  const [first] = parts;
  if (first === undefined) throw new DataError(`${name} has no fields.`);
  if (parts.length === 1) return first;
  for (const part of parts) {
    if (!sameAxis(part.latitudes, first.latitudes) || !sameAxis(part.longitudes, first.longitudes)) {
      const size = (one: FieldSeries) =>
        `${one.latitudes.length}×${one.longitudes.length} from ${one.latitudes[0]}°, ${one.longitudes[0]}°`;
      throw new DataError(
        `${part.name} has another grid (${size(part)}) than ${first.name} (${size(first)}): ` +
          "resample them to one grid, or open them separately.",
      );
    }
    if (part.units !== first.units) {
      throw new DataError(
        `${part.name} has the units ${part.units ?? "none"}, ${first.name} ${first.units ?? "none"}.`,
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
    notes: [...new Set(parts.flatMap(({ notes }) => notes ?? []))],
    packing: samePacking ? first.packing : undefined,
    ...(parts.some(({ close }) => close) && {
      close: () => parts.forEach((part) => part.close?.()),
    }),
    read: (item) => {
      let part = 0;
      while (part < parts.length - 1 && item >= ends[part]!) part++;
      return parts[part]!.read(item - (ends[part]! - parts[part]!.items));
    },
  };
}
