/**
 * Fields over latitude and longitude as a data set of functions on the sphere: NetCDF 3 and 4 as the Climate Data Store
 * delivers them, `.npz` as the paper's authors use them (`latitude`, `longitude`, `temperature` in Kelvin, a file a field),
 * and `.npy` or `.npy.gz` of `[items, latitudes, longitudes]`, which hold both poles (unless
 * `centred`), from north to south and from 0° eastwards. Several files of a folder are one set, in the order of their names.
 *
 * All fields are read once, for their range. They stay in memory, in two bytes a value where the file has two and else in
 * four, up to a limit. Beyond it each batch is read from its file: from the disk for NetCDF 3 where the source can read
 * parts of files, from the packed file in memory for NetCDF 4.
 *
 * @module
 */
import { type ArrayNotes, readNotes } from "../arrays/array_file.ts";
import { type ClimateReadOptions, keptBytes, openFields } from "./climate_series.ts";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { concatenateSeries } from "./field_series.ts";
import { storedSeries, storeFields } from "./field_store.ts";
import type { FileSource } from "../core/file_source.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { sphereCoordinates, sphereCoordinatesAt } from "../core/sphere.ts";
import { isRegularGrid } from "./sphere_grid.ts";

/** Kelvin that the authors' features -1 and 1 stand for: the range of their training set. */
export const ERA5_RANGE: { readonly low: number; readonly high: number } = { low: 202.66, high: 320.93 };

/** What to read from a folder of climate files. */
export interface ClimateOptions extends ClimateReadOptions, ArrayNotes {
  /** Names of the files to read; by default all of the folder that are of these kinds. */
  readonly files?: readonly string[];
  /**
   * Values that become -1 and 1, such as {@link ERA5_RANGE}; by default the range of the set. Values beyond are not cut
   * off.
   */
  readonly range?: { readonly low: number; readonly high: number };
}

const CLIMATE_FILE = /\.(nc|nc3|nc4|cdf|netcdf|h5|hdf5|npz|npy|npy\.gz)$/i;

async function chooseFiles(source: FileSource, asked: readonly string[] | undefined): Promise<string[]> {
  const listed = await source.list();
  if (asked !== undefined) {
    const absent = asked.find((name) => !listed.includes(name));
    if (absent !== undefined) throw new DataError(`${source.location} has no file ${absent}.`);
    return [...asked];
  }
  const names = listed.filter((name) => CLIMATE_FILE.test(name)).sort();
  if (names.length > 0) return names;
  throw new DataError(
    `${source.location} has no climate files: expected .nc, .npz, .npy or .npy.gz, found ${
      listed.slice(0, 5).join(", ") || "nothing"
    }.`,
  );
}

/**
 * The data set of the climate files of a folder.
 *
 * @param source The folder; where it can open files, NetCDF 3 is read in parts.
 * @param options What to read, and how it is scaled.
 * @returns Fields of one feature; units and range are in `display.scale`.
 * @throws {DataError} If there are none, a file is damaged, grids or units differ, values are missing, or all are the same.
 * @throws {MemoryError} If not even one field, or a file that is read as a whole, fits in memory.
 * @throws {RangeError} If an option is not a proper one.
 */
export async function climateDataset(source: FileSource, options: ClimateOptions = {}): Promise<Dataset> {
  const names = await chooseFiles(source, options.files);
  const given: ArrayNotes = Object.fromEntries(
    (["scale", "offset", "units", "quantity"] as const)
      .filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  );
  const opened = [];
  for (const name of names) {
    const isNetcdf = /\.(nc|nc3|nc4|cdf|netcdf)$/i.test(name);
    const file = isNetcdf && source.open ? await source.open(name) : await source.read(name);
    const notes = /\.npy(\.gz)?$/i.test(name) ? await readNotes(source, name) : {};
    opened.push(await openFields(file, name, options, { ...notes, ...given }));
  }
  const concatenated = concatenateSeries(source.location, opened.map(({ series }) => series));
  const onlyStored = opened.length === 1 ? opened[0]?.stored : undefined;
  const stored = onlyStored ?? await storeFields(concatenated, keptBytes(options));
  const series = stored.values === undefined ? concatenated : storedSeries(stored, stored.values);
  const { low, high } = options.range ?? stored;
  if (!(low < high)) {
    throw new DataError(
      `${source.location}: values from ${low} to ${high} leave nothing to learn: all are the same.`,
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
    },
    async (item, features) => {
      const values = await series.read(item);
      // As the reference does it: first to [0, 1], then to [-1, 1].
      for (let i = 0; i < values.length; i++) {
        features[i] = 2 * Math.fround((values[i]! - low) / (high - low)) - 1;
      }
    },
  );
}
