/**
 * Fields over latitude and longitude as data sets of functions on the sphere: NetCDF 3 and 4 from the Climate Data Store,
 * `.npz` in the format of the paper's authors (`latitude`, `longitude`, `temperature` in Kelvin, one field per file), and
 * `.npy` or `.npy.gz` of `[items, latitudes, longitudes]`, from north to south with both poles (unless `centred`) and from
 * 0° eastwards. The files of a folder are concatenated, sorted by name.
 *
 * All fields are read once to determine their range. Up to a limit they stay in memory, with two bytes per value if the file
 * has two, else four. Beyond it each batch is read from its file: from disk for NetCDF 3 if the source has random access,
 * from the compressed file in memory for NetCDF 4.
 *
 * @module
 */
import { type ArrayMetadata, readArrayMetadata } from "../arrays/array_file.ts";
import { type ClimateReadOptions, maxValueBytes, type OpenedFields, openFields } from "./climate_series.ts";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { concatenateSeries } from "./field_series.ts";
import { storedSeries, storeFields } from "./field_store.ts";
import { filesOfFormat, formatOf } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { sphereCoordinates, sphereCoordinatesAt } from "../core/sphere.ts";
import { isRegularGrid } from "./sphere_grid.ts";

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
 * @returns Fields of one feature; units and range are in `display.scale`.
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

/** Creates the data set, and appends the files that it opens to `opened`. */
async function createDataset(
  source: FileSource,
  options: ClimateOptions,
  opened: OpenedFields[],
): Promise<Dataset> {
  const names = await chooseFiles(source, options.files);
  const given: ArrayMetadata = Object.fromEntries(
    (["scale", "offset", "units", "quantity"] as const)
      .filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
  for (const name of names) {
    const format = formatOf(name);
    const file = format === "netcdf" && source.open ? await source.open(name) : await source.read(name);
    const metadata = format === "npy" ? await readArrayMetadata(source, name) : {};
    opened.push(await openFields(file, name, options, { ...metadata, ...given }));
  }
  const concatenated = concatenateSeries(source.location, opened.map(({ series }) => series));
  const onlyStored = opened.length === 1 ? opened[0]?.stored : undefined;
  const stored = onlyStored ?? await storeFields(concatenated, maxValueBytes(options));
  if (stored.values !== undefined) concatenated.close?.();
  const series = stored.values === undefined ? concatenated : storedSeries(stored, stored.values);
  const { low, high } = options.range ?? stored;
  if (!(low < high)) {
    throw new DataError(
      `${source.location}: all values are equal (range ${low} to ${high}): there is nothing to learn.`,
    );
  }
  const units = options.units ?? series.units, quantity = options.quantity ?? series.quantity;
  const { latitudes, longitudes, items } = series;
  return itemDataset(
    {
      name: names.length === 1 ? names[0]! : source.location,
      items,
      coordinates: isRegularGrid(latitudes, longitudes)
        ? sphereCoordinates(latitudes.length, longitudes.length)
        : sphereCoordinatesAt(latitudes, longitudes),
      pointCount: latitudes.length * longitudes.length,
      coordinateDim: 3,
      featureDim: 1,
      display: {
        kind: "sphere",
        latitudes: latitudes.length,
        longitudes: longitudes.length,
        scale: { low, high, ...(units && { units }), ...(quantity && { quantity }) },
      },
      ...(series.close && { close: () => Promise.resolve(series.close?.()) }),
    },
    async (item, features) => {
      const values = await series.read(item);
      // As in the reference: first to [0, 1], then to [-1, 1].
      for (let i = 0; i < values.length; i++) {
        features[i] = 2 * Math.fround((values[i]! - low) / (high - low)) - 1;
      }
    },
  );
}
