/**
 * Opens fields in NetCDF 3 and 4 and in NumPy files.
 *
 * @module
 */
import { availableMemory, limitMemory, type RandomAccess, requireMemory } from "@gasp/tensor";
import {
  type ArrayEntry,
  type ArrayMetadata,
  isNpz,
  type NumberArray,
  openArrayFile,
  openNpyFile,
} from "../arrays/array_file.ts";
import { DataError } from "../core/data_error.ts";
import type { FieldSeries } from "./field_series.ts";
import { type StoredFields, storedSeries, storeFields } from "./field_store.ts";
import { parseGuarded } from "../core/guarded_worker.ts";
import { netcdfKind } from "../netcdf/netcdf.ts";
import { openNetcdfClassic } from "../netcdf/netcdf_classic.ts";
import { type NetcdfFieldOptions, netcdfFields } from "./netcdf_fields.ts";
import { openNetcdfHdf5 } from "../netcdf/netcdf_hdf5.ts";
import { normaliseSeries, type SphereGridOptions } from "./sphere_grid.ts";

/**
 * How fields are read.
 *
 * @category Fields
 */
export interface ClimateReadOptions extends NetcdfFieldOptions, SphereGridOptions {
  /**
   * Maximum bytes of values in memory; default: 1 GiB, or half of the free memory if that is less. Larger sets are read again
   * for each batch.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Whether rows and columns of a `.npy` file are cell centres, so that no row is a pole; by default the first row is the
   * north pole, the last the south pole, and the first column 0°.
   */
  readonly centred?: boolean | undefined;
  /** Time limit in seconds for reading a NetCDF 4 file; default: 30 plus one per MiB. */
  readonly seconds?: number | undefined;
}

/** Default maximum of bytes of values in memory. */
const DEFAULT_MAX_BYTES = 2 ** 30;

/**
 * Returns the maximum bytes of values in memory.
 *
 * @param options Options.
 */
export function maxValueBytes({ maxBytes }: ClimateReadOptions): number {
  return maxBytes ?? Math.min(DEFAULT_MAX_BYTES, availableMemory() / 2);
}

/** Argument of the worker. */
interface Hdf5Request {
  readonly name: string;
  readonly options: ClimateReadOptions & { readonly maxBytes: number };
  /** Bytes that the worker may allocate. */
  readonly available: number;
}

async function hdf5Series(bytes: Uint8Array, { name, options }: Hdf5Request): Promise<FieldSeries> {
  const file = await openNetcdfHdf5(bytes, name);
  try {
    return normaliseSeries(await netcdfFields(file, options), options);
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Reads all fields of a NetCDF 4 file. Runs in a worker.
 *
 * @param bytes File contents.
 * @param request File name, options, and memory limit.
 * @returns The fields in canonical form, without their values if these exceed the limit.
 * @throws {DataError} If there are none, or the file is damaged.
 * @throws {MemoryError} If a field does not fit in memory.
 */
export async function readHdf5Fields(bytes: Uint8Array, request: Hdf5Request): Promise<StoredFields> {
  const limit = limitMemory(request.available);
  try {
    const series = await hdf5Series(bytes, request);
    try {
      return await storeFields(series, request.options.maxBytes);
    } finally {
      series.close?.();
    }
  } finally {
    limit[Symbol.dispose]();
  }
}

/** Reads a file in a worker. If its values exceed the limit, the file, now known to be intact, is opened here as well. */
async function guardedHdf5(bytes: Uint8Array, name: string, options: ClimateReadOptions) {
  const { variable, select, thin, resample, seconds = 30 + bytes.length / 2 ** 20 } = options;
  // One copy for the worker, one for the library.
  const copies = 2 * bytes.length;
  requireMemory({ purpose: `${name}, a NetCDF 4 file,`, bytes: copies });
  const request: Hdf5Request = {
    name,
    options: { variable, select, thin, resample, maxBytes: maxValueBytes(options) },
    available: availableMemory() - copies,
  };
  const stored = await parseGuarded<StoredFields>(new URL(import.meta.url), "readHdf5Fields", bytes, {
    seconds,
    name,
    argument: request,
  });
  if (stored.values !== undefined) return { series: storedSeries(stored, stored.values), stored };
  return { series: await hdf5Series(bytes, request), stored };
}

function findArray(
  arrays: ReadonlyMap<string, ArrayEntry>,
  names: readonly string[],
  file: string,
): ArrayEntry {
  const found = names.map((name) => arrays.get(name)).find((array) => array !== undefined);
  if (found !== undefined) return found;
  throw new DataError(`${file} has no array ${names.join(" or ")}: found ${[...arrays.keys()].join(", ")}.`);
}

function arraySeries(
  name: string,
  fields: NumberArray,
  grid: {
    readonly latitudes?: Float64Array;
    readonly longitudes?: Float64Array;
    readonly centred?: boolean | undefined;
  },
  metadata: ArrayMetadata,
): FieldSeries {
  const { shape, data } = fields;
  const [height, width] = shape.slice(-2);
  if (shape.length < 2 || shape.length > 3 || height === undefined || width === undefined) {
    throw new DataError(
      `${name}: fields must have the shape (items, latitudes, longitudes) or (latitudes, longitudes), got (${
        shape.join(", ")
      }).`,
    );
  }
  const latitudes = grid.latitudes ??
    Float64Array.from(
      { length: height },
      (_, row) => 90 - 180 * (grid.centred ? (row + 0.5) / height : row / (height - 1)),
    );
  const longitudes = grid.longitudes ??
    Float64Array.from({ length: width }, (_, column) => 360 * (column + (grid.centred ? 0.5 : 0)) / width);
  if (latitudes.length !== height || longitudes.length !== width) {
    throw new DataError(
      `${name}: fields of ${height}×${width} need as many latitudes and longitudes, got ${latitudes.length} and ` +
        `${longitudes.length}.`,
    );
  }
  const { scale: factor = 1, offset = 0 } = metadata;
  const points = height * width;
  return {
    name,
    items: data.length / points,
    latitudes,
    longitudes,
    units: metadata.units,
    quantity: metadata.quantity,
    packing: data instanceof Int16Array ? { factor, offset } : undefined,
    read: (item) => {
      const field = new Float32Array(points), from = item * points;
      for (let i = 0; i < points; i++) field[i] = offset + factor * data[from + i]!;
      return Promise.resolve(field);
    },
  };
}

function npzSeries(bytes: Uint8Array, name: string, variable: string | undefined, metadata: ArrayMetadata) {
  const arrays = openArrayFile(bytes, name);
  const degrees = (names: readonly string[]) => new Float64Array(findArray(arrays, names, name).read().data);
  const fields = findArray(
    arrays,
    variable === undefined ? ["temperature", "t2m", "data"] : [variable],
    name,
  );
  const isTemperature = fields === arrays.get("temperature");
  return arraySeries(
    name,
    fields.read(),
    { latitudes: degrees(["latitude", "lat"]), longitudes: degrees(["longitude", "lon"]) },
    // The paper's files are in Kelvin without saying so.
    isTemperature ? { units: "K", quantity: "temperature", ...metadata } : metadata,
  );
}

/** Fields of a file. */
export interface OpenedFields {
  /** Fields in canonical form. */
  readonly series: FieldSeries;
  /** Their range and perhaps values, if opening the file read them all. */
  readonly stored?: StoredFields;
}

/**
 * Opens a file of fields of any supported format.
 *
 * @param file File contents, or random access, with which NetCDF 3 is read field by field.
 * @param name File name for messages.
 * @param options Variable, grid and limits.
 * @param metadata Units and scale of NumPy arrays.
 * @throws {DataError} If it has another format, is damaged, or has no fields.
 * @throws {MemoryError} If it does not fit in memory.
 */
export async function openFields(
  file: Uint8Array | RandomAccess,
  name: string,
  options: ClimateReadOptions,
  metadata: ArrayMetadata,
): Promise<OpenedFields> {
  const start = file instanceof Uint8Array ? file : await file.read(0, Math.min(8, file.size));
  const kind = netcdfKind(start);
  if (kind === "classic") {
    const fields = await netcdfFields(await openNetcdfClassic(file, name), options);
    return { series: normaliseSeries(fields, options) };
  }
  const bytes = file instanceof Uint8Array ? file : await file.read(0, file.size);
  if (kind === "hdf5") return await guardedHdf5(bytes, name, options);
  const fields = isNpz(bytes)
    ? npzSeries(bytes, name, options.variable, metadata)
    : arraySeries(name, openNpyFile(bytes, name).read(), { centred: options.centred }, metadata);
  return { series: normaliseSeries(fields, options) };
}
