/** Readers of HDF5: NetCDF 4, variables that filters of a package compress, and the shapes of IM-NET. */
import { DataError } from "@gasp/datasets";
import { hdf5File } from "../../../packages/datasets/fields/climate_testing.ts";
import { GuardedParser } from "../../../packages/datasets/core/guarded_worker.ts";
import { imnetFile } from "../../../packages/datasets/shapes/imnet_testing.ts";
import { check, type Files, type Reader } from "../reader.ts";
import { GRID } from "./fields.ts";

/** Files that a worker reads whose library keeps what damaged files leave open. */
const FILES_OF_WORKER = 100;

/**
 * Files of HDF5 are read in a worker that is kept, by the function that commands call in a new one for each file.
 *
 * @param name Name of the reader.
 * @param originals Undamaged files.
 * @param worker Module in `packages/datasets`, and its function.
 * @param most Files that a worker reads.
 */
function hdf5(
  name: string,
  originals: () => Promise<Uint8Array[]>,
  [module, read]: readonly [string, string],
  most = Infinity,
): Reader {
  const parser = new GuardedParser(new URL(`../../../packages/datasets/${module}`, import.meta.url));
  let count = 0;
  return {
    name,
    originals: async () => (await originals()).map((bytes): Files => ({ "a.nc": bytes })),
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

const FIELDS_MODULE = "fields/hdf5_fuzz_testing.ts", SHAPES_MODULE = "shapes/imnet_testing.ts";

const fields = async () => [await hdf5File(GRID), await hdf5File({ ...GRID, packed: true })];

/** The readers of HDF5. */
export const HDF5: readonly Reader[] = [
  hdf5("hdf5", fields, [FIELDS_MODULE, "readDamaged"]),
  hdf5("hdf5-filters", filtered, [FIELDS_MODULE, "readDamagedFiltered"], FILES_OF_WORKER),
  hdf5("hdf5-imnet", async () => [await imnetFile()], [SHAPES_MODULE, "readDamagedImnet"], FILES_OF_WORKER),
];
