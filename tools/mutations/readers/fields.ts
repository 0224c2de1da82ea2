/** Readers of fields: NetCDF 3, Zarr, and fields in NumPy files. */
import { gzip, writeNpz } from "@gasp/tensor";
import { classicFile, valuesOf } from "../../../packages/datasets/fields/climate_testing.ts";
import { gzipped, zarrFiles, type ZarrPart } from "../../../packages/datasets/netcdf/zarr_testing.ts";
import { datasetReader, type Files, type Reader } from "../reader.ts";

/** Two fields of 3 × 3 points. */
export const GRID = { latitudes: [90, 0, -90], longitudes: [-180, -60, 60], times: 2 };

function named(name: string, files: readonly Uint8Array[]): Files[] {
  return files.map((bytes) => ({ [name]: bytes }));
}

function classic(): Uint8Array[] {
  return [
    classicFile(GRID),
    classicFile({ ...GRID, packed: true }),
    classicFile({ ...GRID, packed: true, record: true }),
  ];
}

const arrays = () => [
  writeNpz([
    ["latitude", { shape: [3], data: Float32Array.from(GRID.latitudes) }],
    ["longitude", { shape: [3], data: Float32Array.from(GRID.longitudes) }],
    ["temperature", { shape: [2, 3, 3], data: valuesOf(GRID) }],
  ]),
];

/** Chunks of [2, 3, 3] numbers as Python's numcodecs compresses them. */
const COMPRESSORS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  blosc: { id: "blosc", cname: "lz4", clevel: 5, shuffle: 1, blocksize: 0 },
  zstd: { id: "zstd", level: 1 },
  lz4: { id: "lz4", acceleration: 1 },
};

async function zarrs(): Promise<Files[]> {
  const { latitudes, longitudes } = GRID;
  const axis = async (name: string, values: readonly number[], units: string): Promise<ZarrPart> => ({
    dimensions: [name],
    shape: [values.length],
    chunk: [values.length],
    attributes: { units },
    type: "float64",
    chunks: { "0": await gzipped(Float64Array.from(values)) },
  });
  const store = async (version: 2 | 3, chunk: Uint8Array, compressor?: Readonly<Record<string, unknown>>) =>
    zarrFiles(version, {
      time: await axis("time", [0, 1], "days since 2000-01-01"),
      latitude: await axis("latitude", latitudes, "degrees_north"),
      longitude: await axis("longitude", longitudes, "degrees_east"),
      t2m: {
        dimensions: ["time", "latitude", "longitude"],
        shape: [2, 3, 3],
        chunk: [2, 3, 3],
        attributes: { units: "K" },
        type: "float32",
        fill: "NaN",
        ...(compressor && { compressor }),
        chunks: { "0.0.0": chunk },
      },
    });
  const chunk = await gzipped(valuesOf(GRID));
  const others = Object.entries(COMPRESSORS).map(async ([name, compressor]) =>
    await store(2, await Deno.readFile(new URL(`../fixtures/chunk.${name}`, import.meta.url)), compressor)
  );
  return [await store(2, chunk), await store(3, chunk), ...await Promise.all(others)];
}

/** The readers of fields. */
export const FIELDS: readonly Reader[] = [
  datasetReader("netcdf3", () => named("a.nc", classic())),
  datasetReader("zarr", zarrs),
  datasetReader("npz-fields", () => named("a.npz", arrays()), { kind: "climate" }),
  datasetReader("netcdf-gz", () => named("a.nc.gz", classic().map((bytes) => gzip(bytes)))),
];
