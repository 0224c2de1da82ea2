/**
 * Reads the HDF5 files of IM-NET and its successors, in a worker: the library may hang on damaged files. They hold `voxels`
 * `[items, 64, 64, 64, 1]`, or `points_R` `[items, n, 3]` of bytes (cells of a grid) and `values_R` `[items, n, 1]`.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** An array of bytes. */
export interface ByteArray {
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Elements in row-major order. */
  readonly data: Uint8Array;
}

let opened = 0;

/**
 * Reads the voxels of a file.
 *
 * @param bytes File contents.
 * @throws {DataError} If it has none.
 */
export async function readImnetVoxels(bytes: Uint8Array): Promise<ByteArray> {
  const { File, Dataset, ready } = await import("h5wasm");
  const { FS } = await ready;
  const path = `/shapes${opened++}.hdf5`;
  FS.writeFile(path, bytes);
  try {
    const file = new File(path, "r");
    const dataset = file.get("voxels");
    if (!(dataset instanceof Dataset)) {
      const found = file.keys().slice(0, 8).join(", ");
      throw new DataError(
        `The file has no array "voxels", as IM-NET stores shapes: found ${found || "nothing"}.`,
      );
    }
    const { shape } = dataset, data = dataset.value;
    if (!shape || !ArrayBuffer.isView(data)) {
      throw new DataError('The array "voxels" of the file holds no numbers.');
    }
    const values = data as Uint8Array;
    const result = {
      shape: [...shape],
      data: values instanceof Uint8Array ? values : Uint8Array.from(values),
    };
    file.close();
    return result;
  } finally {
    FS.unlink(path);
  }
}
