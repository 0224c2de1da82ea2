/**
 * HDF5 filters, by which the values of a variable are compressed: those of the library, and those of `h5wasm-plugins`, which
 * are loaded when a variable needs them.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { type NpmPackage, packageFile, packageModule } from "../core/npm_package.ts";

/** A filter of a variable. */
export interface Hdf5Filter {
  /** Number of the filter in the register of the HDF Group. */
  readonly id: number;
  /** Name in the file. */
  readonly name: string;
  /** Its parameters. */
  readonly cd_values?: readonly number[];
}

/** Filters of the library itself: deflate, shuffle, Fletcher checksum, N-bit, scale-offset. */
const READ = [1, 2, 3, 5, 6];

/** Compiled filters by their number, with their names in the package. */
const PLUGINS: Readonly<Record<number, string>> = {
  307: "bz2",
  32000: "lzf",
  32001: "blosc",
  32004: "lz4",
  32015: "zstd",
};

const PACKAGE: NpmPackage = { name: "h5wasm-plugins", versions: "^0.2.1" };

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

/** Compressors within Blosc by the sixth of its parameters. The package's Blosc lacks two of them. */
const BLOSC = 32001,
  BLOSC_COMPRESSOR = 6,
  UNREAD: Readonly<Record<number, string>> = { 3: "Snappy", 4: "zlib" };

/** Returns the name of what of a filter is not read; undefined if all of it is. */
function unreadOf({ id, name, cd_values: parameters }: Hdf5Filter): string | undefined {
  if (READ.includes(id)) return undefined;
  const known = NAMES[id] ?? (name || "an unknown filter");
  if (!Object.hasOwn(PLUGINS, id)) return known;
  const compressor = id === BLOSC ? UNREAD[parameters?.[BLOSC_COMPRESSOR] ?? 0] : undefined;
  return compressor && `${known} with ${compressor}`;
}

/**
 * Throws unless all filters can be undone.
 *
 * @param filters Filters of a variable.
 * @param file Name of the file, for messages.
 * @param variable Name of the variable.
 * @throws {DataError} If one cannot.
 */
export function requireFilters(filters: readonly Hdf5Filter[], file: string, variable: string): void {
  const unread = filters.find((filter) => unreadOf(filter) !== undefined);
  if (unread === undefined) return;
  const name = unreadOf(unread);
  throw new DataError(
    `${file}: ${variable} is compressed with ${name} (HDF5 filter ${unread.id}), which is not read: ${
      rewriting(variable)
    }.`,
  );
}

/** How to store a variable with a filter of the library. */
function rewriting(variable: string): string {
  return `rewrite the file with nccopy -F "*,none" -d 4 IN.nc OUT.nc, h5repack -f GZIP=4 IN.h5 OUT.h5, or xarray's ` +
    `ds.to_netcdf("OUT.nc", encoding={"${variable}": {"zlib": True}})`;
}

/** The part of the library to which filters are added. */
export interface PluginLibrary {
  /** The library's file system. */
  readonly FS: { writeFile(path: string, bytes: Uint8Array): void; mkdirTree(path: string): void };
  /** Adds a folder in which the library looks for filters. */
  insert_plugin_search_path(path: string, index: number): number;
}

/** Folder of the library's file system for filters. */
const FOLDER = "/plugins";

/** Filters that each instance of the library has. */
const installed = new WeakMap<PluginLibrary, Set<string>>();

/**
 * Loads the filters that the library does not have.
 *
 * @param library The library.
 * @param filters Filters of a variable, which {@link requireFilters} accepts.
 * @param file Name of the file, for messages.
 * @param variable Name of the variable.
 * @param source Package of the filters.
 * @returns Whether there were any: values may then be compressed more than by the library's own filters.
 * @throws {DataError} If the package of filters cannot be loaded, as in pages, which do not have it.
 */
export async function installFilters(
  library: PluginLibrary,
  filters: readonly Hdf5Filter[],
  file: string,
  variable: string,
  source: NpmPackage = PACKAGE,
): Promise<boolean> {
  const plugins = filters.filter(({ id }) => Object.hasOwn(PLUGINS, id));
  if (plugins.length === 0) return false;
  try {
    await loadPlugins(library, plugins.map(({ id }) => PLUGINS[id]!), source);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    const names = plugins.map(({ id }) => NAMES[id]).join(", ");
    throw new DataError(
      `${file}: ${variable} is compressed with ${names}. ${cause.message} Or ${rewriting(variable)}.`,
      { cause },
    );
  }
  return true;
}

async function loadPlugins(
  library: PluginLibrary,
  names: readonly string[],
  source: NpmPackage,
): Promise<void> {
  let known = installed.get(library);
  if (known === undefined) {
    await packageModule(source);
    library.FS.mkdirTree(FOLDER);
    library.insert_plugin_search_path(FOLDER, 0);
    installed.set(library, known = new Set());
  }
  for (const name of names) {
    if (known.has(name)) continue;
    const file = `libH5Z${name}.so`;
    library.FS.writeFile(`${FOLDER}/${file}`, await packageFile(source, `plugins/${file}`));
    known.add(name);
  }
}
