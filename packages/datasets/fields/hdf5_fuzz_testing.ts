/**
 * Reads damaged NetCDF 4 files in sequence, each in a library in its initial state; runs in a worker, since some hang it.
 *
 * @module
 */
import { ready } from "h5wasm";
import { readHdf5Fields } from "./climate_series.ts";
import { MemoryError } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/** The library's initial memory. */
let initial: Uint8Array | undefined;

/** Restores the library's initial memory: damaged files leave objects that it cannot close. */
async function resetLibrary(): Promise<void> {
  const { HEAPU8, FS } = await ready;
  initial ??= HEAPU8.slice();
  HEAPU8.fill(0, initial.length);
  HEAPU8.set(initial);
  const { streams } = FS as unknown as { readonly streams: ({ readonly fd: number } | null)[] };
  // The first three belong to the console.
  streams.fill(null, 3);
}

/**
 * Reads a file.
 *
 * @param bytes File contents.
 * @param maxBytes Maximum bytes of values to store.
 * @returns `fields`, `rejected`, or a description of a bug.
 * @throws {DataError} If the library crashed, which requires a new worker.
 */
export async function readDamaged(bytes: Uint8Array, maxBytes: number): Promise<string> {
  await resetLibrary();
  return await readDamagedFiltered(bytes, maxBytes);
}

/**
 * Reads a file in the library as it is: filters that it loaded are lost with its initial memory.
 *
 * @param bytes File contents.
 * @param maxBytes Maximum bytes of values to store.
 * @returns `fields`, `rejected`, or a description of a bug.
 * @throws {DataError} If the library crashed, which requires a new worker.
 */
export async function readDamagedFiltered(bytes: Uint8Array, maxBytes: number): Promise<string> {
  try {
    const { low, high } = await readHdf5Fields(bytes, {
      name: "damaged.nc",
      options: { maxBytes },
      available: 2 ** 32,
    });
    return Number.isFinite(low) && low <= high ? "fields" : `values from ${low} to ${high}`;
  } catch (error) {
    if (error instanceof MemoryError) return "rejected";
    if (!(error instanceof DataError)) return String(error);
    if (error.cause instanceof WebAssembly.RuntimeError) throw error;
    return "rejected";
  }
}
