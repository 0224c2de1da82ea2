/**
 * Opens fields in NetCDF 3 and 4 and in NumPy files.
 *
 * @module
 */
import { availableMemory, isGzip, limitMemory, type RandomAccess, requireMemory } from "@gasp/tensor";
import {
  type ArrayEntry,
  type ArrayMetadata,
  isNpz,
  type NumberArray,
  openArrayFile,
  openNpyFile,
} from "../arrays/array_file.ts";
import { describeContent } from "../core/content.ts";
import { DataError } from "../core/data_error.ts";
import { formatOf } from "../core/file_formats.ts";
import type { FieldSeries } from "./field_series.ts";
import { type StoredFields, storedSeries, storeFields } from "./field_store.ts";
import { parseGuarded } from "../core/guarded_worker.ts";
import type { Gaps } from "../core/read_options.ts";
import { openSyncFile, readWithin } from "../netcdf/sync_file.ts";
import { unpackFile } from "../core/unpack_file.ts";
import { zipMembers } from "../archives/zip_members.ts";
import { netcdfKind } from "../netcdf/netcdf.ts";
import { bytesAccess, openNetcdfClassic } from "../netcdf/netcdf_classic.ts";
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
  /** What to do with fields that have no value at some points; default: refuse them. */
  readonly gaps?: Gaps | undefined;
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
  /** Path of the file, if it is read in place. */
  readonly path?: string | undefined;
  readonly options: ClimateReadOptions & { readonly maxBytes: number };
  /** Bytes that the worker may allocate. */
  readonly available: number;
}

async function hdf5Series(
  bytes: Uint8Array,
  { name, path, options }: Omit<Hdf5Request, "available">,
): Promise<FieldSeries> {
  const { seconds = Infinity } = options;
  const source = path === undefined ? bytes : readWithin(await openSyncFile(path), seconds);
  const file = await openNetcdfHdf5(source, name);
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
 * @param bytes File contents; empty if the request has its path.
 * @param request File name, path, options, and memory limit.
 * @returns The fields in canonical form, without their values if these exceed the limit.
 * @throws {DataError} If there are none, or the file is damaged.
 * @throws {MemoryError} If a field does not fit in memory.
 */
export async function readHdf5Fields(bytes: Uint8Array, request: Hdf5Request): Promise<StoredFields> {
  const limit = limitMemory(request.available);
  try {
    const series = await hdf5Series(bytes, request);
    try {
      return await storeFields(series, request.options.maxBytes, request.options.gaps);
    } finally {
      series.close?.();
    }
  } finally {
    limit[Symbol.dispose]();
  }
}

/** Reads a file in a worker. If its values exceed the limit, the file, now known to be intact, is opened here as well. */
async function guardedHdf5(
  file: FieldFile,
  name: string,
  options: ClimateReadOptions,
): Promise<OpenedFields> {
  const { path } = file, { size } = file.access;
  const bytes = path === undefined ? await file.access.read(0, size) : new Uint8Array(0);
  const { variable, select, gaps, thin, resample, partial, seconds = 30 + size / 2 ** 20 } = options;
  // One copy for the worker, one for the library.
  const copies = 2 * bytes.length;
  if (copies > 0) requireMemory({ purpose: `${name}, a NetCDF 4 file,`, bytes: copies });
  const request: Hdf5Request = {
    name,
    path,
    options: { variable, select, gaps, thin, resample, partial, seconds, maxBytes: maxValueBytes(options) },
    available: availableMemory() - copies,
  };
  const module = new URL("./climate_series.ts", import.meta.url);
  const stored = await parseGuarded<StoredFields>(module, "readHdf5Fields", bytes, {
    seconds,
    name,
    argument: request,
    fileBytes: size,
  });
  if (stored.values !== undefined) return { series: storedSeries(stored, stored.values), stored };
  const { seconds: _, ...unlimited } = request.options;
  return { series: await hdf5Series(bytes, { name, path, options: unlimited }), stored };
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

const LATITUDE = ["latitude", "lat"], LONGITUDE = ["longitude", "lon"];
/** Names of arrays that are read if there are several. */
const USUAL = ["temperature", "t2m", "data"];

/** Chooses the array of fields: the one that is named, a usual one, or the only one over latitude and longitude. */
function chooseFields(arrays: ReadonlyMap<string, ArrayEntry>, variable: string | undefined, file: string) {
  if (variable !== undefined) return findArray(arrays, [variable], file);
  const usual = USUAL.map((name) => arrays.get(name)).find((array) => array !== undefined);
  if (usual !== undefined) return usual;
  const others = [...arrays].filter(([name, { shape }]) =>
    ![...LATITUDE, ...LONGITUDE].includes(name) && shape.length >= 2
  );
  if (others.length === 1) return others[0]![1];
  const names = others.map(([name]) => name);
  throw new DataError(
    others.length === 0
      ? `${file} has no array of fields: found ${[...arrays.keys()].join(", ")}.`
      : `${file} has the arrays ${names.join(", ")}: say which with --variable ${names[0]}, or ${file}#${
        names[0]
      }.`,
  );
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
  const fields = chooseFields(arrays, variable, name);
  const isTemperature = fields === arrays.get("temperature");
  return arraySeries(
    name,
    fields.read(),
    { latitudes: degrees(LATITUDE), longitudes: degrees(LONGITUDE) },
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

/** A file of fields. */
export interface FieldFile {
  /** Its contents. */
  readonly access: RandomAccess;
  /** Its path, if it is on disk. */
  readonly path?: string;
}

/** Number of bytes by which a file is recognised. */
const START_BYTES = 512;

/**
 * Opens a file of fields of any supported format, which is recognised by its content. Gzipped files, and a NetCDF file
 * alone in a ZIP archive, as the Climate Data Store sends it, are unpacked in memory.
 *
 * @param file The file. NetCDF 3 is read field by field, NetCDF 4 in place if it is on disk.
 * @param name File name for messages.
 * @param options Variable, grid and limits.
 * @param metadata Units and scale of NumPy arrays.
 * @throws {DataError} If it has another format, is damaged, or has no fields.
 * @throws {MemoryError} If it does not fit in memory.
 */
export async function openFields(
  file: FieldFile,
  name: string,
  options: ClimateReadOptions,
  metadata: ArrayMetadata,
): Promise<OpenedFields> {
  const { access } = file;
  const start = await access.read(0, Math.min(START_BYTES, access.size));
  const kind = netcdfKind(start);
  if (kind === "classic") {
    const fields = await netcdfFields(await openNetcdfClassic(access, name), options);
    return { series: normaliseSeries(fields, options) };
  }
  if (kind === "hdf5") return await guardedHdf5(file, name, options);
  const isArray = isNpz(start) || isNumpy(start);
  if (!isArray && !isGzip(start)) throw new DataError(describeContent(start, name, expectedOf(name)));
  const bytes = unpackFile(await access.read(0, access.size), name);
  if (!isArray) return await openFields({ access: bytesAccess(bytes) }, name, options, metadata);
  const member = isNpz(bytes) ? netcdfMember(bytes, name) : undefined;
  if (member !== undefined) return await openFields({ access: bytesAccess(member) }, name, options, metadata);
  const [variable, ...others] = [options.variable ?? []].flat();
  if (others.length > 0) {
    throw new DataError(`${name}: a NumPy file has one field: name one with --variable.`);
  }
  const fields = isNpz(bytes)
    ? npzSeries(bytes, name, variable, metadata)
    : arraySeries(name, openNpyFile(bytes, name).read(), { centred: options.centred }, metadata);
  return { series: normaliseSeries(fields, options) };
}

function isNumpy(start: Uint8Array): boolean {
  return start[0] === 0x93 && start[1] === 0x4e;
}

function expectedOf(name: string): string {
  return formatOf(name) === "hdf5"
    ? "an HDF5 file"
    : formatOf(name) === "netcdf"
    ? "a NetCDF file"
    : "a NumPy file";
}

/**
 * Returns the NetCDF file in a ZIP archive; `undefined` for an archive of arrays.
 *
 * @throws {DataError} If there are several, or neither NetCDF files nor arrays.
 */
function netcdfMember(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const members = zipMembers(bytes, name);
  const found = [...members].filter(([member]) => /^(netcdf|hdf5)$/.test(formatOf(member) ?? ""));
  if (found.length === 1) return found[0]![1]();
  if (found.length === 0 && [...members.keys()].some((member) => formatOf(member) === "npy")) {
    return undefined;
  }
  const names = [...members.keys()].slice(0, 5).join(", ") || "nothing";
  throw new DataError(
    found.length === 0
      ? `${name} is a ZIP archive without a NetCDF file or arrays (it holds ${names}): unpack it and pass its files.`
      : `${name} is a ZIP archive of ${found.length} NetCDF files (${names}): unpack it and pass the folder, or one of its files.`,
  );
}
