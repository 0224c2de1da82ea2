/**
 * HDF5 files as IM-NET's authors publish them, small, and damaged ones, for tests.
 *
 * @module
 */
import { MemoryError } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { readImnetPoints, readImnetVoxels } from "./imnet_worker.ts";

/** An array of bytes, or of floats, in chunks and compressed, as h5py writes them. */
export interface ArrayToWrite {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
}

let written = 0;

/** Writes a file of HDF5. */
export async function writeHdf5(arrays: Readonly<Record<string, ArrayToWrite>>): Promise<Uint8Array> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready, path = `/imnet${written++}.hdf5`;
  const file = new File(path, "w");
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const chunks = shape.map((length, axis) => axis === 0 ? 1 : Math.ceil(length / 2));
    file.create_dataset({ name, data, shape: [...shape], chunks, compression: 9 });
  }
  file.close();
  const bytes = (FS.readFile(path) as Uint8Array).slice();
  FS.unlink(path);
  return bytes;
}

/** Two cubes of side 4: `first` and `second` voxels are inside. */
export function cubes(first: number, second: number): ArrayToWrite {
  const data = Uint8Array.from({ length: 128 }, (_, i) => Number(i < first || (i >= 64 && i < 64 + second)));
  return { shape: [2, 4, 4, 4, 1], data };
}

/** Points of two shapes in cells (i, 2 i, 255 - i), of which every `step`-th is inside. */
export function points(count: number, step: number): [points: ArrayToWrite, values: ArrayToWrite] {
  const cells = Uint8Array.from({ length: 6 * count }, (_, at) => {
    const i = Math.floor(at / 3) % count;
    return [i, 2 * i, 255 - i][at % 3]!;
  });
  const inside = Uint8Array.from({ length: 2 * count }, (_, i) => Number(i % step === 0));
  return [{ shape: [2, count, 3], data: cells }, { shape: [2, count, 1], data: inside }];
}

/** A file with all arrays that IM-NET's have, small. */
export async function imnetFile(): Promise<Uint8Array> {
  const [points16, values16] = points(8, 2), [points64, values64] = points(20, 5);
  return await writeHdf5({
    pixels: { shape: [2, 3, 4, 4], data: new Uint8Array(96) },
    points_16: points16,
    points_64: points64,
    values_16: values16,
    values_64: values64,
    voxels: cubes(10, 28),
  });
}

/**
 * Reads a damaged file; runs in a worker, since some hang the library.
 *
 * @param bytes File contents.
 * @param available Bytes that may be allocated.
 * @returns `fields`, `rejected`, or a description of a bug.
 * @throws {DataError} If the library crashed, which requires a new worker.
 */
export async function readDamagedImnet(bytes: Uint8Array, available: number): Promise<string> {
  const file = { name: "damaged.hdf5", available };
  try {
    const { voxels } = await readImnetVoxels(bytes, { ...file, array: "voxels" });
    const { positions } = await readImnetPoints(bytes, { ...file, points: "points_64", values: "values_64" });
    const isRight = voxels.every((voxel) => voxel <= 1) && positions.every((at) => Math.abs(at) <= 1);
    return isRight ? "fields" : "voxels above 1, or positions outside [-1, 1]";
  } catch (error) {
    if (error instanceof MemoryError) return "rejected";
    if (!(error instanceof DataError)) return String(error);
    if (error.cause instanceof WebAssembly.RuntimeError) throw error;
    return "rejected";
  }
}
