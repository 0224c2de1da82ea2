/**
 * Names of HDF5 filters, by which the values of a variable are compressed.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** A filter of a variable. */
export interface Hdf5Filter {
  /** Number of the filter in the register of the HDF Group. */
  readonly id: number;
  /** Name in the file. */
  readonly name: string;
}

/** Filters of the library itself: deflate, shuffle, Fletcher checksum, N-bit, scale-offset. */
const READ = [1, 2, 3, 5, 6];

/** Registered filters that files in the field use. */
const NAMES: Readonly<Record<number, string>> = {
  4: "SZIP",
  305: "LZO",
  307: "bzip2",
  32000: "LZF",
  32001: "Blosc",
  32002: "MAFISC",
  32004: "LZ4",
  32008: "bitshuffle",
  32009: "SPDP",
  32013: "ZFP",
  32015: "Zstandard",
  32017: "SZ",
  32019: "FCIDECOMP",
  32023: "granular bit rounding",
  32026: "Blosc 2",
};

/**
 * Throws unless all filters can be undone.
 *
 * @param filters Filters of a variable.
 * @param file Name of the file, for messages.
 * @param variable Name of the variable.
 * @throws {DataError} If one cannot.
 */
export function requireFilters(filters: readonly Hdf5Filter[], file: string, variable: string): void {
  const unread = filters.find(({ id }) => !READ.includes(id));
  if (unread === undefined) return;
  const name = NAMES[unread.id] ?? (unread.name || "an unknown filter");
  throw new DataError(
    `${file}: ${variable} is compressed with ${name} (HDF5 filter ${unread.id}), which is not read: rewrite the file with ` +
      `nccopy -F "*,none" -d 4 IN.nc OUT.nc, h5repack -f GZIP=4 IN.h5 OUT.h5, or xarray's ` +
      `ds.to_netcdf("OUT.nc", encoding={"${variable}": {"zlib": True}}).`,
  );
}
