/**
 * What to open as a data set, and what comes of it.
 *
 * @module
 */
import type { CacheStore } from "./core/cache_store.ts";
import type { Dataset } from "./core/dataset.ts";
import type { DataKind } from "./core/file_formats.ts";
import type { FileTree } from "./core/file_source.ts";
import type { ReadOptions } from "./core/read_options.ts";

/**
 * What to open.
 *
 * @category Data
 */
export interface OpenRequest {
  /** Folder with its subfolders. */
  readonly files: FileTree;
  /** File to open; default: all files of the folder. */
  readonly file?: string;
  /** Kind of data; default: inferred from names and shapes. */
  readonly kind?: DataKind;
  /** Rows of an image or of the sphere, points along an axis of a shape, samples of a curve. Default: as in the files. */
  readonly resolution?: number;
  /** What to read of files that hold several things. */
  readonly read?: ReadOptions;
  /** Member of the file, as in `PATH#name`: a variable, an array, or a file in an archive. */
  readonly member?: string;
  /** Cache for decoded images. */
  readonly cache?: CacheStore;
  /** Receives warnings, such as about skipped files. */
  readonly report?: (message: string) => void;
}

/**
 * A data set and how its files were interpreted.
 *
 * @category Data
 */
export interface OpenedDataset {
  /** Data set. */
  readonly dataset: Dataset;
  /** Kind of data. */
  readonly kind: DataKind;
  /** Assumptions made, as sentences. */
  readonly assumptions: readonly string[];
}

/**
 * Returns the variables, or arrays, that are named by the options or as `PATH#name`.
 *
 * @param request What to open.
 */
export function variablesOf({ read, member }: OpenRequest): readonly string[] {
  return read?.variable ?? (member === undefined ? [] : member.split(",").map((name) => name.trim()));
}
