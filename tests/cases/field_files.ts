/**
 * Small files of fields for cases: NetCDF 3, and NetCDF 4 by the library that reads it.
 *
 * @module
 */
import {
  type NetcdfAttribute,
  type NetcdfVariableToWrite,
  writeNetcdf,
} from "../../packages/datasets/netcdf/netcdf_testing.ts";

/** Latitudes and longitudes of all fields here. */
export const LATITUDES = [90, 0, -90], LONGITUDES = [0, 90, 180, 270];

/** The numbers 0 to 11. */
export const RAMP: Float32Array = Float32Array.from({ length: 12 }, (_, i) => i);

/** Attributes by name. */
export type Attributes = Readonly<Record<string, NetcdfAttribute>>;

/**
 * A variable that gives values along its own axis.
 *
 * @param name Name.
 * @param values Values.
 * @param attributes Attributes.
 */
export function axis(
  name: string,
  values: readonly number[],
  attributes: Attributes = {},
): NetcdfVariableToWrite {
  return { name, dimensions: [name], data: Float64Array.from(values), attributes };
}

/** How a file of fields differs from the plain one. */
export interface FieldFile {
  /** Values over all axes; default: a ramp. */
  readonly data?: NetcdfVariableToWrite["data"];
  /** Attributes of the field. */
  readonly attributes?: Attributes;
  /** Axes before latitude and longitude, by length. */
  readonly leading?: Readonly<Record<string, number>>;
  /** Further variables. */
  readonly more?: readonly NetcdfVariableToWrite[];
  /** Names of fields; default: one, `t`. */
  readonly names?: readonly string[];
  /** Latitudes; none: no variable gives them. */
  readonly latitudes?: readonly number[] | null;
  /** Longitudes. */
  readonly longitudes?: readonly number[];
}

/** Writes a NetCDF 3 file. @param file What it holds. */
export function classic(file: FieldFile = {}): Uint8Array {
  const { attributes = {}, leading = {}, more = [], names = ["t"] } = file;
  const { latitudes = LATITUDES, longitudes = LONGITUDES } = file;
  const lengths = { ...leading, lat: latitudes?.length ?? LATITUDES.length, lon: longitudes.length };
  const count = Object.values(lengths).reduce((all, length) => all * length, 1);
  const data = file.data ?? Float32Array.from({ length: count }, (_, i) => i % 12);
  return writeNetcdf({
    dimensions: lengths,
    variables: [
      ...(latitudes === null ? [] : [axis("lat", latitudes, { units: "degrees_north" })]),
      axis("lon", longitudes, { units: "degrees_east" }),
      ...more,
      ...names.map((name) => ({ name, dimensions: Object.keys(lengths), data, attributes })),
    ],
  });
}

/** How an HDF5 file of fields over time, latitude and longitude is stored. */
export interface Hdf5Storage {
  /** Times. */
  readonly times: number;
  /** Rows and columns. */
  readonly size: readonly [number, number];
  /** Lengths of a chunk. */
  readonly chunks?: number[];
  /** Whether chunks are compressed. */
  readonly gzip?: boolean;
  /** Whether numbers are of 16 bits, with a scale. */
  readonly packed?: boolean;
  /** Further variables of four numbers. */
  readonly others?: number;
}

/** Writes a NetCDF 4 file. @param storage How it is stored. */
export async function hdf5({ times, size: [rows, columns], chunks, gzip, packed, others = 0 }: Hdf5Storage) {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const file = new File("/case.nc", "w");
  const axes = {
    time: [Float64Array.from({ length: times }, (_, i) => i), "days since 2000-01-01"],
    lat: [Float64Array.from({ length: rows }, (_, i) => 90 - 180 * i / (rows - 1)), "degrees_north"],
    lon: [Float64Array.from({ length: columns }, (_, i) => 360 * i / columns), "degrees_east"],
  } as const;
  for (const [name, [data, units]] of Object.entries(axes)) {
    const scale = file.create_dataset({ name, data });
    scale.make_scale(name);
    scale.create_attribute("units", units);
  }
  const count = times * rows * columns;
  const field = file.create_dataset({
    name: "t",
    data: packed
      ? Int16Array.from({ length: count }, (_, i) => i % 1000)
      : Float32Array.from({ length: count }, (_, i) => i % 1000),
    shape: [times, rows, columns],
    ...(chunks && { chunks }),
    ...(gzip && { compression: "gzip" }),
  });
  Object.keys(axes).forEach((name, i) => field.attach_scale(i, name));
  if (packed) field.create_attribute("scale_factor", 0.5);
  for (let i = 0; i < others; i++) file.create_dataset({ name: `other${i}`, data: new Float32Array(4) });
  file.close();
  const bytes = (FS.readFile("/case.nc") as Uint8Array).slice();
  FS.unlink("/case.nc");
  return bytes;
}
