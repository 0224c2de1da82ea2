/**
 * Reads NetCDF 4 files, which are HDF5 files, through the HDF5 library compiled to WebAssembly (`h5wasm`), which works the
 * same in Deno, Node and browsers. Files on disk are read in place. Damaged files can make it hang or crash: read a file in
 * a worker first (`readHdf5Fields` by `parseGuarded`).
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Attribute, Dataset as Hdf5Dataset, File as Hdf5File, Group as Hdf5Group } from "h5wasm";
import { DataError } from "../core/data_error.ts";
import type { SyncFile } from "./sync_file.ts";
import { BlockCache } from "./block_cache.ts";
import { type Hdf5Filter, installFilters, type PluginLibrary, requireFilters } from "./hdf5_filters.ts";
import { mountFile } from "./hdf5_mount.ts";
import { countOf, type NetcdfFile, type NetcdfNumbers, type NetcdfVariable } from "./netcdf.ts";

/** Maximum expansion ratio of deflate, which no filter of the library exceeds, and one that no other filter exceeds. */
const MAX_RATIO = 1032, MAX_PLUGIN_RATIO = 2 ** 20;

/** Groups within groups; links may form circles. */
const MAX_DEPTH = 8;

/** HDF5 type classes of integers and floats. */
const NUMBERS = [0, 1], FLOAT = 1;

/** Beginning of the NAME of a dimension without values, which NetCDF 4 stores as a data set without meaning. */
const NO_VALUES = "This is a netCDF dimension but not a netCDF variable";

let opened = 0;

/** Returns the innermost error of an HDF5 stack, `#005: FILE line N in FUNCTION(): REASON`, or the message of others. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return [...message.matchAll(/^ *#\d+: .* line \d+ in \w+\(\): (.*)$/gm)].at(-1)?.[1] ?? message;
}

/** Converts 64-bit integers to doubles; returns `undefined` for values that are not numbers. */
function numbersOf(value: unknown): NetcdfNumbers | undefined {
  if (typeof value === "number") return Float64Array.of(value);
  if (typeof value === "bigint") return Float64Array.of(Number(value));
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return Float64Array.from(value, (one: bigint) => Number(one));
  }
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? value as NetcdfNumbers : undefined;
}

function attributesOf(attributes: Record<string, Attribute>): Map<string, string | readonly number[]> {
  const found = new Map<string, string | readonly number[]>();
  for (const [name, attribute] of Object.entries(attributes)) {
    // References between dimensions and scales, which are read by scaleNames.
    if (name === "REFERENCE_LIST" || name === "DIMENSION_LIST") continue;
    const { value } = attribute;
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text === "string") found.set(name, text.replace(/\0+$/, ""));
    else {
      const numbers = numbersOf(value);
      if (numbers !== undefined) found.set(name, [...numbers]);
    }
  }
  return found;
}

/** Returns names of scales by references to them, each of which the library looks up once: that takes milliseconds. */
function scaleNames(dataset: Hdf5Dataset, known: Map<string, string>): (string | undefined)[] {
  const lists: unknown = dataset.attrs["DIMENSION_LIST"]?.value;
  if (!Array.isArray(lists)) return [];
  return lists.map((references: unknown) => {
    const [first] = Array.isArray(references) ? references as { readonly ref_data: Uint8Array }[] : [];
    if (first === undefined) return undefined;
    const key = first.ref_data.join(), before = known.get(key);
    if (before !== undefined) return before;
    const target: unknown = dataset.dereference(first as never);
    const name = typeof target === "object" && target !== null && "path" in target
      ? String(target.path)
      : undefined;
    if (name !== undefined) known.set(key, name.replace(/^\//, ""));
    return known.get(key);
  });
}

/** Describes a variable; returns `undefined` for a dimension without values. */
function describe(
  dataset: Hdf5Dataset,
  name: string,
  known: Map<string, string>,
): NetcdfVariable | undefined {
  const attributes = attributesOf(dataset.attrs);
  const isScale = attributes.get("CLASS") === "DIMENSION_SCALE";
  if (isScale && String(attributes.get("NAME")).startsWith(NO_VALUES)) return undefined;
  const scales = isScale ? [name] : scaleNames(dataset, known);
  const dimensions = (dataset.shape ?? []).map((length, axis) => ({
    name: scales[axis] ?? `axis ${axis}`,
    length,
  }));
  const { type, signed, size } = dataset.metadata;
  return { name, dimensions, attributes, bytes: size, type: type === FLOAT ? "f" : signed ? "i" : "u" };
}

/**
 * Opens a NetCDF 4 file. Variables in groups have paths as names: `forecast/t2m`.
 *
 * @param source File contents, of which the library holds a copy until the file is closed, or a file on disk, which is
 * closed with it.
 * @param name File name for messages.
 * @throws {DataError} If it is not an HDF5 file, or is damaged.
 */
export async function openNetcdfHdf5(
  source: Uint8Array | SyncFile,
  name: string = "the file",
): Promise<NetcdfFile> {
  const { File, Dataset, Group, ready } = await import("h5wasm");
  const library = await ready;
  const { FS } = library;
  const mounted = `${opened++}.nc`;
  const fileBytes = source instanceof Uint8Array ? source.length : source.size;
  let file: Hdf5File | undefined, failed = false, closed = false;
  const guarded = <T>(what: string, action: () => T): T => {
    try {
      // Otherwise errors are printed, and unreadable parts skipped.
      library.activate_throwing_error_handler();
      const result = action();
      library.deactivate_throwing_error_handler();
      return result;
    } catch (error) {
      failed = true;
      throw new DataError(
        `${name}: ${what} cannot be read (${reasonOf(error)}). The file is damaged: download it again.`,
        { cause: error },
      );
    }
  };
  mountFile(FS, mounted, source);
  const close = () => {
    if (closed) return;
    closed = true;
    // After a failure the library cannot close files.
    if (!failed) file?.close();
    FS.unlink(`/${mounted}`);
    if (!(source instanceof Uint8Array)) source.close();
  };
  try {
    file = guarded("the file", () => new File(`/${mounted}`, "r"));
    const root: Hdf5Group = file;
    const datasets = new Map<NetcdfVariable, Hdf5Dataset>();
    guarded("the list of variables", () => {
      const scales = new Map<string, string>();
      const visit = (group: Hdf5Group, path: string, depth: number) => {
        for (const key of group.keys()) {
          const entity = group.get(key), name = path + key;
          if (entity instanceof Group && depth < MAX_DEPTH) visit(entity, `${name}/`, depth + 1);
          if (!(entity instanceof Dataset) || !NUMBERS.includes(entity.metadata.type)) continue;
          const variable = describe(entity, name, scales);
          if (variable !== undefined) datasets.set(variable, entity);
        }
      };
      visit(root, "", 0);
    });
    const blocks = new BlockCache();
    return {
      name,
      variables: [...datasets.keys()],
      async read(variable, leading) {
        if (closed) throw new RangeError(`${name} is closed`);
        const dataset = datasets.get(variable);
        if (dataset === undefined) throw new RangeError(`${name} has no variable ${variable.name}`);
        const filters = dataset.filters as Hdf5Filter[];
        requireFilters(filters, name, variable.name);
        if (variable.type === "f" && ![4, 8].includes(variable.bytes)) {
          throw new DataError(
            `${name}: ${variable.name} has floats of ${
              8 * variable.bytes
            } bits, which are not read from HDF5: ` +
              `write it as float32, for example with ds.astype("float32").to_netcdf(...).`,
          );
        }
        const plugins = library as unknown as PluginLibrary;
        const hasPlugins = await installFilters(plugins, filters, name, variable.name);
        const lengths = variable.dimensions.map(({ length }) => length);
        const declared = countOf(lengths, `${name}: ${variable.name}`) * variable.bytes;
        if (declared > (hasPlugins ? MAX_PLUGIN_RATIO : MAX_RATIO) * fileBytes) {
          throw new DataError(
            `${name}: ${variable.name} declares ${declared} bytes, ` +
              `more than a file of ${fileBytes} bytes can hold: it is damaged.`,
          );
        }
        const count = countOf(lengths.slice(leading.length), variable.name);
        const read = (ranges: [number, number][]): NetcdfNumbers => {
          const numbers = ranges.reduce((product, [from, to]) => product * (to - from), 1);
          // In the library's memory, as an array, and in single precision.
          requireMemory({
            purpose: `${name}: ${variable.name}, read ${numbers} numbers at a time,`,
            bytes: numbers * (2 * variable.bytes + 4),
          });
          const values = guarded(
            variable.name,
            () => numbersOf(ranges.length === 0 ? dataset.value : dataset.slice(ranges)),
          );
          if (values?.length !== numbers) {
            throw new DataError(`${name}: ${variable.name} has no numbers: the file is damaged.`);
          }
          return values;
        };
        const stepBytes = count * variable.bytes, chunks = dataset.metadata.chunks ?? undefined;
        return await blocks.read(variable, { lengths, leading, chunks, stepBytes }, read);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
