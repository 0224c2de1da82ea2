/**
 * Small climate files and folders in memory for tests.
 *
 * @module
 */
import { blobAccess } from "@gasp/tensor";
import type { FileSource } from "../core/file_source.ts";
import { type NetcdfAttribute, writeNetcdf } from "../netcdf/netcdf_testing.ts";

/**
 * Creates a folder in memory.
 *
 * @param contents Files by name.
 * @param canOpen Whether it supports random access.
 */
export function memoryFolder(contents: Readonly<Record<string, Uint8Array>>, canOpen = false): FileSource {
  return {
    location: "folder",
    list: () => Promise.resolve(Object.keys(contents)),
    read: (name) => Promise.resolve(contents[name]!),
    ...(canOpen &&
      { open: (name: string) => Promise.resolve(blobAccess(new Blob([contents[name]!.slice()]))) }),
  };
}

/** Temperature in Kelvin, different at every point and time and in both hemispheres. */
export function kelvinAt(time: number, latitude: number, longitude: number): number {
  return 280 - Math.abs(latitude) / 2 - latitude / 20 + longitude / 100 + time;
}

/** Properties of a test file. */
export interface TestFile {
  /** Latitudes of the rows. */
  readonly latitudes: readonly number[];
  /** Longitudes of the columns. */
  readonly longitudes: readonly number[];
  /** Number of fields. */
  readonly times: number;
  /** Whether values are packed in 16 bits. */
  readonly packed?: boolean;
  /** Whether time is the record dimension. */
  readonly record?: boolean;
}

/** Packing of the test files. */
export const PACKING = { factor: 0.01, offset: 250 } as const;

/** Returns values in file order, `[times, latitudes, longitudes]`. */
export function valuesOf({ latitudes, longitudes, times }: TestFile): Float32Array {
  const values: number[] = [];
  for (let time = 0; time < times; time++) {
    for (const latitude of latitudes) {
      for (const longitude of longitudes) {
        values.push(kelvinAt(time, latitude, ((longitude % 360) + 360) % 360));
      }
    }
  }
  return Float32Array.from(values);
}

/** Returns the same values packed by {@link PACKING}. */
export function packedOf(file: TestFile): Int16Array {
  return Int16Array.from(valuesOf(file), (value) => Math.round((value - PACKING.offset) / PACKING.factor));
}

/** Writes a NetCDF 3 file in the layout of the Climate Data Store. */
export function classicFile(file: TestFile): Uint8Array {
  const { latitudes, longitudes, times, packed = false, record = false } = file;
  const packing: Record<string, NetcdfAttribute> = packed
    ? { scale_factor: PACKING.factor, add_offset: PACKING.offset, _FillValue: Int16Array.of(-32767) }
    : {};
  return writeNetcdf({
    dimensions: { time: times, expver: 1, latitude: latitudes.length, longitude: longitudes.length },
    ...(record && { record: "time" }),
    variables: [
      { name: "time", dimensions: ["time"], data: Int32Array.from({ length: times }, (_, i) => 700_000 + i) },
      {
        name: "latitude",
        dimensions: ["latitude"],
        data: Float32Array.from(latitudes),
        attributes: { units: "degrees_north" },
      },
      {
        name: "longitude",
        dimensions: ["longitude"],
        data: Float32Array.from(longitudes),
        attributes: { units: "degrees_east" },
      },
      {
        name: "t2m",
        dimensions: ["time", "expver", "latitude", "longitude"],
        data: packed ? packedOf(file) : valuesOf(file),
        attributes: { units: "K", long_name: "2 metre temperature", ...packing },
      },
    ],
    attributes: { Conventions: "CF-1.6" },
  });
}

/** Writes a NetCDF 4 file of the same, chunked and compressed, by the library that reads it. */
export async function hdf5File(file: TestFile): Promise<Uint8Array> {
  const { latitudes, longitudes, times, packed = false } = file;
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const written = new File("/written.nc", "w");
  const axes = {
    valid_time: BigInt64Array.from({ length: times }, (_, i) => BigInt(i)),
    latitude: Float64Array.from(latitudes),
    longitude: Float64Array.from(longitudes),
  };
  for (const [name, data] of Object.entries(axes)) written.create_dataset({ name, data }).make_scale(name);
  written.create_dataset({ name: "number", data: BigInt64Array.of(0n), shape: [] });
  const shape = [times, latitudes.length, longitudes.length];
  const fields = written.create_dataset({
    name: "t2m",
    data: packed ? packedOf(file) : valuesOf(file),
    shape,
    chunks: [1, ...shape.slice(1)],
    compression: "gzip",
  });
  Object.keys(axes).forEach((name, axis) => fields.attach_scale(axis, name));
  fields.create_attribute("units", "K");
  fields.create_attribute("long_name", "2 metre temperature");
  if (packed) {
    fields.create_attribute("scale_factor", PACKING.factor);
    fields.create_attribute("add_offset", PACKING.offset);
  } else fields.create_attribute("_FillValue", Float32Array.of(NaN));
  written.close();
  const bytes = FS.readFile("/written.nc").slice();
  FS.unlink("/written.nc");
  return bytes;
}
