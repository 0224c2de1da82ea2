/**
 * Checks image files before the first batch, so that a damaged one does not end a run in the middle.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { FileEntry, FileTree } from "../core/file_source.ts";
import { decodeImage } from "./decode_image.ts";
import { type ImageHeader, imageHeader } from "./image_header.ts";
import { jpegIsComplete } from "./jpeg_header.ts";
import { checkPng } from "./png_image.ts";

/** Files checked concurrently. */
const CONCURRENCY = 8;

/** Sets of at most this many bytes are decoded; of larger ones only the structure of each file is checked. */
const DECODED_BYTES = 2 ** 26;

/** The result of a check. */
export interface CheckedImages {
  /** Files that can be read. */
  readonly intact: readonly FileEntry[];
  /** Why others cannot, in the order of the files. */
  readonly damaged: readonly string[];
  /** Number of readable files that are not square. */
  readonly oblong: number;
}

/**
 * Checks all files of a set: the headers, checksums and ends of PNG and JPEG files; sets of up to 64 MiB are decoded.
 *
 * @param files Folder.
 * @param images Files.
 */
export async function checkImages(files: FileTree, images: readonly FileEntry[]): Promise<CheckedImages> {
  const isSmall = images.reduce((sum, { size }) => sum + size, 0) <= DECODED_BYTES;
  const intact: FileEntry[] = [], damaged: string[] = [];
  let oblong = 0;
  for (let first = 0; first < images.length; first += CONCURRENCY) {
    const some = images.slice(first, first + CONCURRENCY);
    const results = await Promise.all(some.map((image) => check(files, image, isSmall)));
    results.forEach((result, i) => {
      if (typeof result === "string") damaged.push(result);
      else {
        intact.push(some[i]!);
        if (result.width !== result.height) oblong++;
      }
    });
  }
  return { intact, damaged, oblong };
}

/** Returns the header of a file, or why it cannot be read. */
async function check(
  files: FileTree,
  { name }: FileEntry,
  isDecoded: boolean,
): Promise<ImageHeader | string> {
  const path = `${files.location}/${name}`;
  try {
    const bytes = await files.read(name), header = imageHeader(bytes, path);
    if (isDecoded || header === undefined) await decodeImage(bytes, path);
    else if (header.format === "png") checkPng(bytes, path);
    else if (header.format === "jpeg" && !jpegIsComplete(bytes)) {
      return `${path} is truncated: its data has no end. Copy or download it again.`;
    }
    return header ?? `${path} is truncated within its header: copy or download it again.`;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

/** Damaged files named in a message. */
const MAX_NAMED = 5;

/**
 * Describes damaged files.
 *
 * @param damaged Why they cannot be read.
 * @param all Number of all files.
 * @param verb What happens to them.
 */
export function describeDamaged(damaged: readonly string[], all: number, verb: string): string {
  const more = damaged.length > MAX_NAMED ? ` And ${damaged.length - MAX_NAMED} more.` : "";
  return `${damaged.length} of ${all} pictures cannot be read${verb}: ${
    damaged.slice(0, MAX_NAMED).join(" ")
  }${more}`;
}
