/**
 * Finds the model among dropped files.
 *
 * @module
 */
import { GENERATOR_FILE } from "./opfs.ts";

/** A file and its path. */
export type FileEntry<F> = readonly [path: string, file: F];

/**
 * Chooses the file to sample from: the only one, else the newest checkpoint of a run, else its generator.
 *
 * @param files Dropped files, or those of a dropped folder.
 * @returns Undefined if there is none.
 */
export function pickModel<F>(files: readonly FileEntry<F>[]): FileEntry<F> | undefined {
  if (files.length === 1) return files[0];
  const stepOf = (path: string) =>
    Number(/(?:^|\/)checkpoints\/step-(\d+)\.safetensors$/.exec(path)?.[1] ?? -1);
  const newest = files.reduce<FileEntry<F> | undefined>(
    (best, entry) => stepOf(entry[0]) > stepOf(best?.[0] ?? "") ? entry : best,
    undefined,
  );
  return newest ?? files.find(([path]) => path.split("/").at(-1) === GENERATOR_FILE) ??
    files.find(([path]) => path.endsWith(".safetensors"));
}
