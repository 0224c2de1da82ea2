/**
 * Fields from each kind of file that they come in: NetCDF 3 and 4, and NumPy's arrays.
 *
 * @module
 */
import { availableMemory, limitMemory, type RandomAccess, requireMemory } from "@gasp/tensor";
import {
  type ArrayEntry,
  type ArrayNotes,
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

/** How fields are read. */
export interface ClimateReadOptions extends NetcdfFieldOptions, SphereGridOptions {
  /**
   * Most bytes of values to keep in memory; 1 GiB, or half of what is free if that is less, unless given. Larger sets are read
   * again for each batch.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Whether rows and columns of a `.npy` file are the centres of cells, so that no row is a pole; by default the first row
   * is the north pole, the last the south pole, and the first column 0°.
   */
  readonly centred?: boolean | undefined;
  /** Seconds for a NetCDF 4 file to be read in; 30 and one more for each MiB unless given. */
  readonly seconds?: number | undefined;
}

/** Most bytes of values that are kept unless told otherwise. */
const CLIMATE_MAX_BYTES = 2 ** 30;

/**
 * Most bytes of values to keep in memory.
 *
 * @param options What was asked for.
 */
export function keptBytes({ maxBytes }: ClimateReadOptions): number {
  return maxBytes ?? Math.min(CLIMATE_MAX_BYTES, availableMemory() / 2);
}

/** What is sent to the worker. */
interface Hdf5Request {
  readonly name: string;
  readonly options: ClimateReadOptions & { readonly maxBytes: number };
  /** Bytes that the worker may allocate. */
  readonly available: number;
}

async function hdf5Series(bytes: Uint8Array, { name, options }: Hdf5Request) {
  const file = await openNetcdfHdf5(bytes, name);
  try {
    return { file, series: normaliseSeries(await netcdfFields(file, options), options) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Reads all fields of a NetCDF 4 file; called in a worker.
 *
 * @param bytes The file.
 * @param request Its name, and what to read.
 * @returns The fields in normal form, their values left out where they pass the limit.
 * @throws {DataError} If there are none, or the file is damaged.
 * @throws {MemoryError} If one field does not fit in memory.
 */
export async function readHdf5Fields(bytes: Uint8Array, request: Hdf5Request): Promise<StoredFields> {
  const limit = limitMemory(request.available);
  try {
    const { file, series } = await hdf5Series(bytes, request);
    try {
      return await storeFields(series, request.options.maxBytes);
    } finally {
      file.close();
    }
  } finally {
    limit[Symbol.dispose]();
  }
}

/** Reads a file in a worker; if it is too large to keep, it is opened here too, now that it is known to be sound. */
async function guardedHdf5(bytes: Uint8Array, name: string, options: ClimateReadOptions) {
  const { variable, select, thin, resample, seconds = 30 + bytes.length / 2 ** 20 } = options;
  // A copy for the worker, and another for the library.
  const copies = 2 * bytes.length;
  requireMemory({ purpose: `${name}, a NetCDF 4 file,`, bytes: copies });
  const request: Hdf5Request = {
    name,
    options: { variable, select, thin, resample, maxBytes: keptBytes(options) },
    available: availableMemory() - copies,
  };
  const stored = await parseGuarded<StoredFields>(new URL(import.meta.url), "readHdf5Fields", bytes, {
    seconds,
    name,
    argument: request,
  });
  if (stored.values !== undefined) return { series: storedSeries(stored, stored.values), stored };
  return { series: (await hdf5Series(bytes, request)).series, stored };
}

function named(
  arrays: ReadonlyMap<string, ArrayEntry>,
  names: readonly string[],
  file: string,
): ArrayEntry {
  const found = names.map((name) => arrays.get(name)).find((array) => array !== undefined);
  if (found !== undefined) return found;
  throw new DataError(`${file} has no array ${names.join(" or ")}: it has ${[...arrays.keys()].join(", ")}.`);
}

function arraySeries(
  name: string,
  fields: NumberArray,
  grid: {
    readonly latitudes?: Float64Array;
    readonly longitudes?: Float64Array;
    readonly centred?: boolean | undefined;
  },
  notes: ArrayNotes,
): FieldSeries {
  const { shape, data } = fields;
  const [height, width] = shape.slice(-2);
  if (shape.length < 2 || shape.length > 3 || height === undefined || width === undefined) {
    throw new DataError(
      `${name}: fields are (items, latitudes, longitudes) or (latitudes, longitudes), got (${
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
      `${name}: fields of ${height}×${width} with ${latitudes.length} latitudes and ${longitudes.length} longitudes.`,
    );
  }
  const { scale: factor = 1, offset = 0 } = notes;
  const points = height * width;
  return {
    name,
    items: data.length / points,
    latitudes,
    longitudes,
    units: notes.units,
    quantity: notes.quantity,
    packing: data instanceof Int16Array ? { factor, offset } : undefined,
    read: (item) => {
      const field = new Float32Array(points), from = item * points;
      for (let i = 0; i < points; i++) field[i] = offset + factor * data[from + i]!;
      return Promise.resolve(field);
    },
  };
}

function npzSeries(bytes: Uint8Array, name: string, variable: string | undefined, notes: ArrayNotes) {
  const arrays = openArrayFile(bytes, name);
  const degrees = (names: readonly string[]) => new Float64Array(named(arrays, names, name).read().data);
  const fields = named(arrays, variable === undefined ? ["temperature", "t2m", "data"] : [variable], name);
  const isTemperature = fields === arrays.get("temperature");
  return arraySeries(
    name,
    fields.read(),
    { latitudes: degrees(["latitude", "lat"]), longitudes: degrees(["longitude", "lon"]) },
    // The paper's files hold Kelvin and nothing that says so.
    isTemperature ? { units: "K", quantity: "temperature", ...notes } : notes,
  );
}

/** Fields in normal form, and what is known of them once they were all read. */
export interface OpenedFields {
  /** The fields. */
  readonly series: FieldSeries;
  /** The same in memory, where opening the file read them all. */
  readonly stored?: StoredFields;
}

/**
 * Opens a file of fields, whatever its kind.
 *
 * @param file Its bytes, or access to them: NetCDF 3 is then read field by field.
 * @param name Its name for messages.
 * @param options Which variable, the grid, limits.
 * @param notes Units and scale of NumPy's arrays.
 * @throws {DataError} If it is of no such kind, damaged, or holds no fields.
 */
export async function openFields(
  file: Uint8Array | RandomAccess,
  name: string,
  options: ClimateReadOptions,
  notes: ArrayNotes,
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
    ? npzSeries(bytes, name, options.variable, notes)
    : arraySeries(name, openNpyFile(bytes, name).read(), { centred: options.centred }, notes);
  return { series: normaliseSeries(fields, options) };
}
