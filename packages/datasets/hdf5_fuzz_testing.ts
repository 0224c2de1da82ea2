/**
 * Reads damaged NetCDF 4 files one after the other; runs in a worker, since some never end.
 *
 * @module
 */
import { readHdf5Fields } from "./climate_series.ts";
import { DataError } from "./data_error.ts";
import { mutations } from "./mutations_testing.ts";

/** Which damaged files to read. */
export interface Hdf5Damage {
  /** Seed of all of them. */
  readonly seed: number;
  /** Number of the first to read. */
  readonly from: number;
  /** Number of the first not to read. */
  readonly to: number;
}

/** What became of them. */
export interface Hdf5Outcome {
  /** How many were read as fields. */
  readonly fields: number;
  /** How many were refused. */
  readonly refused: number;
  /** Number of the first that was not read: the library breaks at some, and needs a new worker. */
  readonly next: number;
  /** How the first ended that was neither read nor refused. */
  readonly failure?: string;
}

/**
 * Reads damaged copies of a file.
 *
 * @param bytes The sound file.
 * @param damage Which copies.
 */
export async function readDamaged(bytes: Uint8Array, { seed, from, to }: Hdf5Damage): Promise<Hdf5Outcome> {
  let fields = 0, refused = 0, next = 0;
  // The library reports each error on the console too.
  console.error = console.log = console.warn = () => {};
  for (const damaged of mutations([bytes], to, seed, bytes.length)) {
    if (next++ < from) continue;
    try {
      await readHdf5Fields(damaged, { name: "damaged.nc", options: { maxBytes: 2 ** 24 } });
      fields++;
    } catch (error) {
      if (!(error instanceof DataError)) return { fields, refused, next, failure: String(error) };
      refused++;
      if (error.cause instanceof WebAssembly.RuntimeError) break;
    }
  }
  return { fields, refused, next };
}
