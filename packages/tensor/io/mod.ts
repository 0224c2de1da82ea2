/**
 * Files of arrays: safetensors, NumPy's npy and npz, plain or compressed.
 *
 * @module
 */
export {
  checkCrc,
  DEFAULT_MAX_BYTES,
  gunzip,
  gzip,
  gzipSize,
  inflateExactly,
  isGzip,
} from "./compression.ts";
export { FileFormatError } from "./file_format_error.ts";
export { type NpyArray, type NpyEntry, type NpyOptions, openNpy, parseNpy, writeNpy } from "./npy.ts";
export { openNpz, parseNpz, writeNpz } from "./npz.ts";
export { blobAccess, type RandomAccess } from "./random_access.ts";
export {
  openSafetensors,
  parseSafetensors,
  type SafetensorsFile,
  type SafetensorsReader,
} from "./safetensors.ts";
export { STORED_ARRAYS, type StoredEntry, type StoredType } from "./safetensors_header.ts";
export {
  safetensorsHeader,
  safetensorsParts,
  type TensorToStore,
  writeSafetensors,
} from "./safetensors_write.ts";
export { type StoredTensor, toFloat32, toInt32 } from "./stored_tensor.ts";
export { elementsOf, type TypedArray, type TypedArrayClass } from "./typed_array.ts";
export type { WebFile, WebFileAccess, WebFileStream, WebFolder } from "./web_files.ts";
export { openZip, unzip, type ZipEntry } from "./zip.ts";
