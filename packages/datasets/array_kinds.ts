/**
 * The kind of data that an array holds, by its shape and type, and images of bytes.
 *
 * @module
 */
import { type ArrayEntry, isNpz, openArrayFile, openNpyFile } from "./arrays/array_file.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import type { DataKind } from "./core/file_formats.ts";
import { imageDataset, requireImages } from "./images/images.ts";
import { resizeImages } from "./images/resize.ts";
import { shapeKind } from "./open_shapes.ts";

/**
 * Infers the kind of an array from its shape and type.
 *
 * @param bytes Contents of a `.npy` or `.npz` file.
 * @param name File name for messages.
 * @param files Number of files of arrays in the folder.
 * @param assumptions The assumption made is appended here.
 * @throws {DataError} If it holds several arrays that do not belong together.
 */
export function inferKind(bytes: Uint8Array, name: string, files: number, assumptions: string[]): DataKind {
  const arrays = openArrayFile(bytes, name);
  const shapes = shapeKind(arrays, files);
  if (isNpz(bytes)) {
    if (arrays.has("coordinates") && arrays.has("features")) return "points";
    if (arrays.has("latitude") && arrays.has("longitude")) return "climate";
    if (arrays.size !== 1 && shapes === undefined) {
      throw new DataError(
        `${name} has the arrays ${
          [...arrays.keys()].join(", ")
        }: expected coordinates and features, latitude, longitude ` +
          `and temperature, or a single array. Say which with --variable ${[...arrays.keys()][0]}.`,
      );
    }
  }
  const array = [...arrays.values()][0]!, kind = shapes ?? kindOfArray(array);
  assumptions.push(
    `an array of shape (${array.shape.join(", ")}) and type ${array.dtype} holds ${kind}; ` +
      `write ${kind}:FILE or another kind to be explicit`,
  );
  return kind;
}

function kindOfArray({ shape, dtype }: ArrayEntry): DataKind {
  const [, second = 0, third = 0] = shape;
  if (shape.length === 3 && dtype === "i1") return "glyphs";
  const isWide = second !== third && !isByte(dtype);
  if (shape.length === 3 && isWide && third >= 1.5 * second && third <= 2.5 * second) return "climate";
  return shape.length === 2 ? "curves" : "images";
}

/** Bytes and booleans. */
function isByte(dtype: string): boolean {
  return dtype === "u1" || dtype === "b1";
}

/**
 * Opens images of bytes, which can be resized.
 *
 * @param bytes Contents of a `.npy` file.
 * @param name Name of the data set.
 * @param resolution Rows; default: as in the file.
 * @returns `undefined` for other arrays.
 */
export function byteImages(
  bytes: Uint8Array,
  name: string,
  resolution: number | undefined,
): Dataset | undefined {
  if (isNpz(bytes)) return undefined;
  const entry = openNpyFile(bytes, name), { shape, dtype } = entry;
  const [count, height, width, channels = 1] = shape;
  const isImage = isByte(dtype) && (shape.length === 3 || shape.length === 4) &&
    (channels === 1 || channels === 3);
  if (!isImage || !count || !height || !width) return undefined;
  const { data } = entry.read();
  if (!(data instanceof Uint8Array)) return undefined;
  const images = { count, height, width, channels: channels as 1 | 3, pixels: data };
  if (resolution === undefined) return imageDataset(name, images);
  const columns = Math.max(1, Math.round(resolution * width / height));
  requireImages(name, count, { height: resolution, width: columns, channels: images.channels }, height);
  return imageDataset(name, resizeImages(images, resolution, columns));
}
