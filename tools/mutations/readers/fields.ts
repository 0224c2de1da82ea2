/** Readers of fields: NetCDF 3 and 4, Zarr, and fields in NumPy files. */
import { DataError } from "@gasp/datasets";
import { gzip, writeNpz } from "@gasp/tensor";
import { classicFile, hdf5File, valuesOf } from "../../../packages/datasets/fields/climate_testing.ts";
import { GuardedParser } from "../../../packages/datasets/core/guarded_worker.ts";
import { gzipped, zarrFiles, type ZarrPart } from "../../../packages/datasets/netcdf/zarr_testing.ts";
import { check, datasetReader, type Files, type Reader } from "../reader.ts";

const GRID = { latitudes: [90, 0, -90], longitudes: [-180, -60, 60], times: 2 };

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

/** Files of a filtered variable that one worker reads: the library keeps what damaged files leave open. */
const FILES_OF_WORKER = 100;

/**
 * Files of HDF5 are read in a worker that is kept, by the function that commands call in a new one for each file.
 *
 * @param name Name of the reader.
 * @param originals Undamaged files.
 * @param read Function of the worker.
 * @param most Files that a worker reads.
 */
function hdf5(name: string, originals: () => Promise<Uint8Array[]>, read: string, most = Infinity): Reader {
  const module = new URL("../../../packages/datasets/fields/hdf5_fuzz_testing.ts", import.meta.url);
  const parser = new GuardedParser(module);
  let count = 0;
  return {
    name,
    originals: async () => named("a.nc", await originals()),
    async read(files) {
      if (count++ % most === most - 1) parser.stop();
      const options = { argument: 2 ** 24, seconds: 30 };
      const outcome = await parser.call<string>(read, Object.values(files)[0]!, options);
      check(outcome === "fields" || outcome === "rejected", outcome);
      if (outcome === "rejected") throw new DataError("refused in the worker");
    },
  };
}

/** Filters of `h5wasm-plugins`, of which the fixtures have a file each. */
const FILTERS = ["blosc_blosclz", "blosc_lz4", "blosc_zstd", "bzip2", "lz4", "lzf", "zstd"];

function filtered(): Promise<Uint8Array[]> {
  const folder = new URL("../../../tests/fixtures/hdf5_filters/", import.meta.url);
  return Promise.all(FILTERS.map((name) => Deno.readFile(new URL(`${name}.h5`, folder))));
}

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
  hdf5("hdf5", async () => [await hdf5File(GRID), await hdf5File({ ...GRID, packed: true })], "readDamaged"),
  hdf5("hdf5-filters", filtered, "readDamagedFiltered", FILES_OF_WORKER),
  datasetReader("zarr", zarrs),
  datasetReader("npz-fields", () => named("a.npz", arrays()), { kind: "climate" }),
  datasetReader("netcdf-gz", () => named("a.nc.gz", classic().map((bytes) => gzip(bytes)))),
];
