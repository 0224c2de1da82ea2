/**
 * Fields over latitude and longitude as data sets of functions on the sphere: NetCDF 3 and 4 from the Climate Data Store,
 * `.npz` in the format of the paper's authors (`latitude`, `longitude`, `temperature` in Kelvin, one field per file), and
 * `.npy` or `.npy.gz` of `[items, latitudes, longitudes]`, from north to south with both poles (unless `centred`) and from
 * 0° eastwards. The files of a folder are concatenated, sorted by name.
 *
 * All fields are read once to determine their range. Up to a limit they stay in memory, with two bytes per value if the file
 * has two, else four. Beyond it each batch is read from its file, in place if it is on disk.
 *
 * @module
 */
import { type ArrayMetadata, readArrayMetadata } from "../arrays/array_file.ts";
import {
  type ClimateReadOptions,
  type FieldFile,
  maxValueBytes,
  type OpenedFields,
  openFields,
} from "./climate_series.ts";
import type { Dataset, ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { concatenateSeries, type FieldSeries, requireSameFields } from "./field_series.ts";
import { type FeatureFields, presentPoints } from "./field_points.ts";
import { type StoredFields, storedSeries, storeFields } from "./field_store.ts";
import { filesOfFormat, formatOf } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { sphereCoordinates, sphereCoordinatesAt, spherePoints } from "../core/sphere.ts";
import { openSyncFile, syncAccess } from "../netcdf/sync_file.ts";
import { openZarrStore } from "../netcdf/zarr_store.ts";
import { netcdfFields } from "./netcdf_fields.ts";
import { bytesAccess } from "../netcdf/netcdf_classic.ts";
import { boundsOf, isRegularGrid, normaliseSeries } from "./sphere_grid.ts";

/**
 * Temperatures in Kelvin that map to -1 and 1 in the paper: the range of its training set.
 *
 * @category Fields
 */
export const ERA5_RANGE: { readonly low: number; readonly high: number } = { low: 202.66, high: 320.93 };

/**
 * How a folder of climate files is read.
 *
 * @category Fields
 */
export interface ClimateOptions extends ClimateReadOptions, ArrayMetadata {
  /** Names of the files to read; default: all files of these formats. */
  readonly files?: readonly string[];
  /** Values that map to -1 and 1, such as {@link ERA5_RANGE}; default: the range of the set. Values are not clamped. */
  readonly range?: { readonly low: number; readonly high: number };
  /** Whether the folder is a Zarr store. */
  readonly isZarr?: boolean;
  /** Receives what was assumed and left out, as sentences. */
  readonly note?: (sentence: string) => void;
}

async function chooseFiles(source: FileSource, requested: readonly string[] | undefined): Promise<string[]> {
  const listed = await source.list();
  if (requested !== undefined) {
    const absent = requested.find((name) => !listed.includes(name));
    if (absent !== undefined) throw new DataError(`${source.location} has no file ${absent}.`);
    return [...requested];
  }
  const names = filesOfFormat(listed, "netcdf", "hdf5", "npz", "npy");
  if (names.length > 0) return names;
  throw new DataError(
    `${source.location} has no climate files: expected .nc, .npz, .npy or .npy.gz, found ${
      listed.slice(0, 5).join(", ") || "nothing"
    }.`,
  );
}

/**
 * Creates the data set of the climate files of a folder.
 *
 * @param source Folder; with random access, NetCDF 3 files are read in parts.
 * @param options Files, variable, grid and scaling.
 * @returns Fields of a feature for each variable; units and ranges are in the display's scales.
 * @throws {DataError} If there are none, a file is damaged, grids or units differ, or values are missing or all equal.
 * @throws {MemoryError} If a field, or a file that is read as a whole, does not fit in memory.
 * @throws {RangeError} If an option is out of range.
 * @category Fields
 */
export async function climateDataset(source: FileSource, options: ClimateOptions = {}): Promise<Dataset> {
  const opened: OpenedFields[] = [];
  try {
    return await createDataset(source, options, opened);
  } catch (error) {
    for (const { series } of opened) series.close?.();
    throw error;
  }
}

/** Opens a file of the source: in place if it is on disk, or with random access if there is any. */
async function openFile(source: FileSource, name: string, opened: OpenedFields[]): Promise<FieldFile> {
  const format = formatOf(name);
  if (format !== "netcdf" && format !== "hdf5") return { access: bytesAccess(await source.read(name)) };
  if (source.path) {
    const path = source.path(name), file = await openSyncFile(path);
    opened.push({ series: { ...NO_FIELDS, close: () => file.close() } });
    return { access: syncAccess(file), path };
  }
  return { access: source.open ? await source.open(name) : bytesAccess(await source.read(name)) };
}

/** Stands for a file that is open while its fields are not yet known. */
const NO_FIELDS: FieldSeries = {
  name: "",
  items: 0,
  latitudes: new Float64Array(0),
  longitudes: new Float64Array(0),
  read: () => Promise.reject(new RangeError("no fields")),
};

/** Reads one variable of all files. `opened` receives the files that stay open. */
async function openVariable(
  source: FileSource,
  names: readonly string[],
  options: ClimateOptions,
  opened: OpenedFields[],
): Promise<{ stored: StoredFields; series: FieldSeries }> {
  const given: ArrayMetadata = Object.fromEntries(
    (["scale", "offset", "units", "quantity"] as const)
      .filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
  const parts: OpenedFields[] = [];
  if (options.isZarr) {
    const store = await openZarrStore(source);
    const part = { series: normaliseSeries(await netcdfFields(store, options), options) };
    parts.push(part);
    opened.push(part);
  }
  const without: { readonly name: string; readonly error: DataError }[] = [];
  for (const name of names) {
    const file = await openFile(source, name, opened);
    const metadata = formatOf(name) === "npy" ? await readArrayMetadata(source, name) : {};
    try {
      const part = await openFields(file, name, options, { ...metadata, ...given });
      parts.push(part);
      opened.push(part);
    } catch (error) {
      // Archives of the Climate Data Store have a file for each kind of variable.
      const isAbsent = (reason: string) =>
        options.variable !== undefined && reason.includes(`has no field ${options.variable}:`);
      if (!(error instanceof DataError && isAbsent(error.message))) throw error;
      without.push({ name, error });
    }
  }
  if (without.length > 0) {
    if (parts.length === 0) throw without[0]!.error;
    const left = without.map(({ name }) => name).slice(0, 3).join(", ");
    options.note?.(`${without.length} of ${names.length} files have no ${options.variable}: ${left}`);
  }
  const areNamed = names.every((name) => ["netcdf", "hdf5"].includes(`${formatOf(name)}`));
  if (options.variable === undefined && areNamed) requireOneField(parts.map(({ series }) => series));
  const concatenated = concatenateSeries(source.location, parts.map(({ series }) => series));
  const onlyStored = parts.length === 1 ? parts[0]?.stored : undefined;
  const stored = onlyStored ?? await storeFields(concatenated, maxValueBytes(options), options.gaps);
  const series = stored.values === undefined ? concatenated : storedSeries(stored, stored.values);
  return { stored, series };
}

/** Checks that files whose fields become items have the same quantity. */
function requireOneField(parts: readonly FieldSeries[]): void {
  const [first] = parts, other = parts.find(({ quantity }) => quantity !== first?.quantity);
  if (first === undefined || other === undefined) return;
  throw new DataError(
    `${first.name} has the field ${first.quantity}, ${other.name} ${other.quantity}: say which with --variable NAME, several ` +
      "with --variable NAME,NAME, or pass the files of one.",
  );
}

/** Creates the data set, and appends the files that it opens to `opened`. */
async function createDataset(
  source: FileSource,
  options: ClimateOptions,
  opened: OpenedFields[],
): Promise<Dataset> {
  const names = options.isZarr ? [] : await chooseFiles(source, options.files);
  const named = [options.variable ?? []].flat();
  const variables = named.length === 0 ? [undefined] : named;
  const features: { stored: StoredFields; series: FieldSeries }[] = [];
  for (const variable of variables) {
    features.push(await openVariable(source, names, { ...options, variable }, opened));
  }
  const closeFiles = () => opened.forEach(({ series }) => series.close?.());
  const isStored = features.every(({ stored }) => stored.values !== undefined);
  if (isStored) closeFiles();
  const { series } = features[0]!, { latitudes, longitudes, items, points } = series;
  for (const other of features) requireSameFields(series, other.series);
  for (const note of new Set(features.flatMap((one) => one.series.notes ?? []))) options.note?.(note);
  const scales = features.map((one) => scaleOf(one, options, source.location));
  const coordinates = points
    ? spherePoints(latitudes, longitudes)
    : isRegularGrid(latitudes, longitudes)
    ? sphereCoordinates(latitudes.length, longitudes.length)
    : sphereCoordinatesAt(latitudes, longitudes);
  const fields: FeatureFields = {
    name: source.location,
    items,
    coordinates,
    read: (item) => Promise.all(features.map((feature) => feature.series.read(item))),
  };
  const hasGaps = features.some(({ stored }) => stored.hasGaps) || coordinates.some(Number.isNaN);
  const chosen = hasGaps ? await presentPoints(fields) : undefined;
  if (chosen) options.note?.(chosen.note);
  if (points) options.note?.("the grid has no rows of latitude: its cells are points on the sphere");
  // Samples are drawn on the grid, or within its bounds, even where the data have gaps: a function is known everywhere.
  const isGrid = scales.length === 1 && !points && latitudes.length > 1;
  const bounds = isGrid ? boundsOf(latitudes, longitudes) : undefined;
  if (isGrid && hasGaps) options.note?.("samples are drawn on the whole grid, also where the data have gaps");
  const pointsOf = (kept: Uint32Array | undefined) =>
    kept === undefined ? coordinates : Float32Array.from(
      { length: 3 * kept.length },
      (_, i) => coordinates[3 * kept[Math.floor(i / 3)]! + i % 3]!,
    );
  const ownPoints = chosen && !chosen.shared ? chosen : undefined;
  return itemDataset(
    {
      name: names.length === 1 ? names[0]! : source.location,
      items,
      coordinates: pointsOf(await chosen?.of(0)),
      pointCount: chosen?.count ?? coordinates.length / 3,
      coordinateDim: 3,
      featureDim: scales.length,
      display: isGrid
        ? {
          kind: "sphere",
          latitudes: latitudes.length,
          longitudes: longitudes.length,
          ...(bounds && { bounds }),
          scale: scales[0]!,
        }
        : { kind: "cloud", scales },
      ...(!isStored && { close: () => Promise.resolve(closeFiles()) }),
    },
    async (item, into) => {
      const values = await fields.read(item), kept = await chosen?.of(item), { length } = scales;
      for (let feature = 0; feature < length; feature++) {
        const { low, high } = scales[feature]!, from = values[feature]!, count = into.length / length;
        for (let i = 0; i < count; i++) {
          const value = from[kept ? kept[i]! : i]!;
          // As in the reference: first to [0, 1], then to [-1, 1].
          into[i * length + feature] = 2 * Math.fround((value - low) / (high - low)) - 1;
        }
      }
    },
    ownPoints && (async (item, into) => into.set(pointsOf(await ownPoints.of(item)))),
  );
}

/** Returns the values that map to -1 and 1. */
function scaleOf(
  { stored, series }: { readonly stored: StoredFields; readonly series: FieldSeries },
  options: ClimateOptions,
  location: string,
): ValueScale {
  const { low, high } = options.range ?? stored;
  if (!(low < high)) {
    throw new DataError(
      `${location}: all values are equal (range ${low} to ${high}): there is nothing to learn.`,
    );
  }
  const units = options.units ?? series.units, quantity = options.quantity ?? series.quantity;
  return { low, high, ...(units && { units }), ...(quantity && { quantity }) };
}
