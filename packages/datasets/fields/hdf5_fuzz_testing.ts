/**
 * Reads damaged NetCDF 4 files one after the other, each as if it were the first; runs in a worker, since some never end.
 *
 * @module
 */
import { ready } from "h5wasm";
import { readHdf5Fields } from "./climate_series.ts";
import { MemoryError } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/** The library's memory before it has met a file. */
let unused: Uint8Array | undefined;

/** Damaged files leave the library with objects that it cannot close: its memory is put back as it was. */
async function renewLibrary(): Promise<void> {
  const { HEAPU8, FS } = await ready;
  unused ??= HEAPU8.slice();
  HEAPU8.fill(0, unused.length);
  HEAPU8.set(unused);
  const { streams } = FS as unknown as { readonly streams: ({ readonly fd: number } | null)[] };
  // The first three are the console's.
  streams.fill(null, 3);
}

/**
 * Reads a file.
 *
 * @param bytes The file.
 * @param maxBytes Most bytes of values to keep.
 * @returns `fields`, `refused`, or what is wrong.
 * @throws {DataError} If it broke the library, which needs a new worker.
 */
export async function readDamaged(bytes: Uint8Array, maxBytes: number): Promise<string> {
  await renewLibrary();
  try {
    const { low, high } = await readHdf5Fields(bytes, {
      name: "damaged.nc",
      options: { maxBytes },
      available: 2 ** 32,
    });
    return Number.isFinite(low) && low <= high ? "fields" : `values from ${low} to ${high}`;
  } catch (error) {
    if (error instanceof MemoryError) return "refused";
    if (!(error instanceof DataError)) return String(error);
    if (error.cause instanceof WebAssembly.RuntimeError) throw error;
    return "refused";
  }
}
