/**
 * What the mutations know of a reader of files.
 *
 * @module
 */
import { DataError, type Dataset, openDataset, type OpenRequest } from "@gasp/datasets";
import { MemoryError } from "@gasp/tensor";
import { memoryTree } from "../../packages/datasets/images/picture_testing.ts";

/** Files by name: most formats have one, a Zarr store has many. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** A reader to be fed with damaged files. */
export interface Reader {
  /** Name for `--only` and the table. */
  readonly name: string;
  /** Undamaged inputs, of every option that the format has; made once. */
  originals(): Promise<readonly Files[]>;
  /**
   * Reads an input and checks the result.
   *
   * @param files Files, of which one is damaged.
   * @param original The files before.
   * @throws {WrongResult} If the result cannot be right.
   * @throws {Error} As the reader does.
   */
  read(files: Files, original: Files): Promise<void>;
  /** Errors by which it refuses; default: {@link REFUSALS}. */
  readonly refusals?: readonly ErrorClass[];
}

/** A class of errors. */
export type ErrorClass = new (...args: never[]) => Error;

/** Errors by which readers of data refuse: commands print their messages; all others are faults of the program. */
export const REFUSALS: readonly ErrorClass[] = [DataError, MemoryError];

/** Thrown for a result that cannot be right. */
export class WrongResult extends Error {
  /** Error name. */
  override readonly name = "WrongResult";
}

/**
 * Checks a result.
 *
 * @param condition What must hold.
 * @param message What does not.
 * @throws {WrongResult} If it does not hold.
 */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new WrongResult(message);
}

/**
 * Opens files as commands do, and reads the first and the last item.
 *
 * @param files Files.
 * @param request Kind and options.
 * @returns Features of the two items, one if there is one.
 * @throws {WrongResult} If there are too few numbers, or some are not finite.
 */
export async function openAndRead(files: Files, request: Partial<OpenRequest> = {}): Promise<Float32Array> {
  const { dataset } = await openDataset({ files: memoryTree({ ...files }, "data"), ...request });
  try {
    return await firstAndLast(dataset);
  } finally {
    await dataset.close?.();
  }
}

async function firstAndLast(dataset: Dataset): Promise<Float32Array> {
  const { items, pointCount, featureDim, coordinateDim, coordinates } = dataset;
  check(items > 0 && pointCount > 0 && featureDim > 0, `${items} items of ${pointCount} points`);
  const indices = items === 1 ? [0] : [0, items - 1];
  const features = await dataset.batch(indices);
  check(features.length === indices.length * pointCount * featureDim, `${features.length} features`);
  check(features.every(Number.isFinite), "features that are not finite");
  check(features.every((feature) => Math.abs(feature) <= 1.0001), "features outside [-1, 1]");
  const own = await dataset.batchCoordinates?.(indices);
  check((own ?? coordinates).length % coordinateDim === 0, "coordinates of another dimension");
  check((own ?? coordinates).every(Number.isFinite), "coordinates that are not finite");
  return features;
}

/**
 * Makes a reader that opens files as commands do.
 *
 * @param name Name of the reader.
 * @param originals Undamaged files.
 * @param request Kind and options.
 */
export function datasetReader(
  name: string,
  originals: () => Promise<readonly Files[]> | readonly Files[],
  request: Partial<OpenRequest> = {},
): Reader {
  return {
    name,
    originals: async () => await originals(),
    read: async (files) => void await openAndRead(files, request),
  };
}
