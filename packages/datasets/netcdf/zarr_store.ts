/**
 * Reads Zarr stores of versions 2 and 3, folders of chunks as xarray writes them, through `zarrita`, as if they were NetCDF
 * files: WeatherBench 2 and ARCO-ERA5 are such stores.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import { BlockCache } from "./block_cache.ts";
import { limitCodecs } from "./zarr_codecs.ts";
import type { NetcdfFile, NetcdfNumbers, NetcdfVariable } from "./netcdf.ts";

/** Files at the root of a store. */
const ROOTS = [".zgroup", ".zmetadata", "zarr.json"];

/**
 * Whether a folder is a Zarr store.
 *
 * @param names Paths of its files.
 */
export function isZarrStore(names: readonly string[]): boolean {
  return ROOTS.some((root) => names.includes(root));
}

/** Metadata of an array that zarrita leaves to its user. */
interface ArrayMetadata {
  readonly fill: unknown;
  readonly dimensions: readonly string[] | undefined;
}

type Json = Readonly<Record<string, unknown>>;

async function readJson(source: FileSource, path: string): Promise<Json> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await source.read(path)));
    if (typeof value === "object" && value !== null) return value as Json;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new DataError(`${source.location}/${path} is no JSON object: the store is damaged, copy it again.`);
}

function namesOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((name) => typeof name === "string") ? value : undefined;
}

/** Returns attributes as those of NetCDF: text and numbers. */
function attributesOf(attributes: Json, fill: unknown): Map<string, string | readonly number[]> {
  const found = new Map<string, string | readonly number[]>();
  const add = (name: string, value: unknown) => {
    if (typeof value === "string" && name !== "_FillValue") found.set(name, value);
    const numbers = (Array.isArray(value) ? value : [value]).map((one) => one === "NaN" ? NaN : one);
    if (numbers.every((one) => typeof one === "number")) found.set(name, numbers);
  };
  // In version 2, xarray stores _FillValue as the fill of missing chunks.
  if (fill !== null && fill !== undefined) add("_FillValue", fill);
  for (const [name, value] of Object.entries(attributes)) add(name, value);
  return found;
}

function toNumbers(data: unknown): NetcdfNumbers | undefined {
  if (typeof data === "number") return Float64Array.of(data);
  if (typeof data === "bigint") return Float64Array.of(Number(data));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Float64Array.from(data, (one: bigint) => Number(one));
  }
  return ArrayBuffer.isView(data) && !(data instanceof DataView) ? data as NetcdfNumbers : undefined;
}

/** Returns numbers in row-major order: arrays stored in column-major order are read with the strides of that. */
function inRowMajorOrder(
  data: NetcdfNumbers,
  shape: readonly number[],
  strides: readonly number[],
): NetcdfNumbers {
  let expected = 1, isRowMajor = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    isRowMajor &&= shape[axis] === 1 || strides[axis] === expected;
    expected *= shape[axis]!;
  }
  if (isRowMajor) return data;
  const ordered = data.slice();
  for (let i = 0; i < ordered.length; i++) {
    let from = 0;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    ordered[i] = data[from]!;
  }
  return ordered;
}

function areLengths(value: unknown, least: number, count?: number): boolean {
  return Array.isArray(value) && value.length === (count ?? value.length) &&
    value.every((length) => Number.isSafeInteger(length) && length >= least);
}

/** Returns the length of the chunks that a range along an axis touches: the library unpacks them all. */
function covered([from, to]: readonly [number, number], chunk: number): number {
  return to > from ? chunk * (Math.ceil(to / chunk) - Math.floor(from / chunk)) : 0;
}

/** Returns the path of a dimension: that of its array in the group of a variable, or in one around it, if there is one. */
function inScope(variable: string, dimension: string, isArray: (path: string) => boolean): string {
  const groups = variable.split("/").slice(0, -1);
  for (let depth = groups.length; depth >= 0; depth--) {
    const path = [...groups.slice(0, depth), dimension].join("/");
    if (isArray(path)) return path;
  }
  return [...groups, dimension].join("/");
}

/**
 * Opens a Zarr store. Arrays in groups within it have paths as names: `forecast/t2m`.
 *
 * @param source Folder of the store.
 * @throws {DataError} If it has no arrays of numbers, or its metadata are damaged.
 */
export async function openZarrStore(source: FileSource): Promise<NetcdfFile> {
  const zarr = await import("zarrita"), name = source.location;
  const files = new Set(await source.list());
  const store = {
    get: async (key: string) => files.has(key.slice(1)) ? await source.read(key.slice(1)) : undefined,
  };
  const orDataError = async <T>(what: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      if (cause instanceof DataError || (cause instanceof Error && cause.name === "MemoryError")) throw cause;
      // Codecs' own errors are causes of the library's.
      const source = cause instanceof Error && cause.cause instanceof DataError ? cause.cause : cause;
      const reason = source instanceof Error ? source.message : String(source);
      throw new DataError(`${name}: ${what} cannot be read (${reason}): copy or download the store again.`, {
        cause,
      });
    }
  };
  limitCodecs(zarr.registry);
  const root = zarr.root(store);
  type Opened = Awaited<ReturnType<typeof openArray>>;
  const openArray = (key: string) => zarr.open(root.resolve(key), { kind: "array" });
  const arrays = new Map<NetcdfVariable, Opened>();
  const isArray = (key: string) => files.has(`${key}/.zarray`) || files.has(`${key}/zarr.json`);
  for (const file of [...files].sort()) {
    const [, key, ending] = /^(.+)\/(\.zarray|zarr\.json)$/.exec(file) ?? [];
    if (key === undefined) continue;
    const json = await readJson(source, file), isThird = ending === "zarr.json";
    if (isThird && json["node_type"] !== "array") continue;
    const array = await orDataError(key, () => openArray(key));
    const [, kind, bits] = /^(u?int|float)(\d+)$/.exec(array.dtype) ?? [];
    if (kind === undefined) continue;
    // The library does not check what it parses.
    if (!areLengths(array.shape, 0) || !areLengths(array.chunks, 1, array.shape.length)) {
      throw new DataError(
        `${name}: ${key} has no shape or chunks: the store is damaged, copy or download it again.`,
      );
    }
    // Those of version 3 may be missing.
    const attributes: Json | null = array.attrs ?? (isThird && !("attributes" in json) ? {} : null);
    if (typeof attributes !== "object" || attributes === null) {
      throw new DataError(
        `${name}: attributes of ${key} are no object: the store is damaged, copy it again.`,
      );
    }
    const metadata: ArrayMetadata = {
      fill: isThird ? undefined : json["fill_value"],
      dimensions: namesOf(isThird ? json["dimension_names"] : attributes["_ARRAY_DIMENSIONS"]),
    };
    const variable: NetcdfVariable = {
      name: key,
      dimensions: array.shape.map((length, axis) => ({
        name: inScope(key, metadata.dimensions?.[axis] ?? `axis ${axis}`, isArray),
        length,
      })),
      attributes: attributesOf(attributes, metadata.fill),
      bytes: Number(bits) / 8,
      type: kind === "float" ? "f" : kind === "int" ? "i" : "u",
    };
    arrays.set(variable, array);
  }
  if (arrays.size === 0) {
    throw new DataError(`${name} is a Zarr store without arrays of numbers.`);
  }
  const blocks = new BlockCache();
  let closed = false;
  return {
    name,
    variables: [...arrays.keys()],
    async read(variable, leading) {
      if (closed) throw new RangeError(`${name} is closed`);
      const array = arrays.get(variable);
      if (array === undefined) throw new RangeError(`${name} has no variable ${variable.name}`);
      const lengths = array.shape,
        step = lengths.slice(leading.length).reduce((all, length) => all * length, 1);
      const request = { lengths, leading, chunks: array.chunks, stepBytes: step * variable.bytes };
      return await blocks.read(variable, request, async (ranges) => {
        const count = ranges.reduce((all, [from, to]) => all * (to - from), 1);
        const unpacked = ranges.reduce((all, range, axis) => all * covered(range, array.chunks[axis]!), 1);
        requireMemory({
          purpose: `${name}: ${variable.name}, read ${count} numbers at a time,`,
          bytes: count * (variable.bytes + 4) + unpacked * variable.bytes,
        });
        const slices = ranges.map(([from, to]) => zarr.slice(from, to));
        const chunk = await orDataError(variable.name, () => zarr.get(array, slices));
        const isArray = typeof chunk === "object" && chunk !== null && "data" in chunk;
        const values = toNumbers(isArray ? chunk.data : chunk);
        if (values?.length !== count) {
          throw new DataError(`${name}: ${variable.name} has no numbers: copy or download the store again.`);
        }
        return isArray ? inRowMajorOrder(values, chunk.shape, chunk.stride) : values;
      });
    },
    close() {
      closed = true;
    },
  };
}
