/**
 * Data sets by their names in configurations: bundled sets, files and folders.
 *
 * @module
 */
import {
  BUNDLED_NAMES,
  DATA_KINDS,
  type DataKind,
  inferDataKind,
  openBundled,
  openDataset,
  type OpenedDataset,
  type ReadOptions,
} from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { cacheFolder } from "../device/cache_folder.ts";
import { folderTree } from "./file_tree.ts";
import { splitPath } from "./files.ts";
import { Activity } from "../terminal/activity.ts";
import { didYouMean } from "../options/suggest.ts";
import { diskCacheStore } from "./pixel_cache.ts";

/** How a data set is opened. */
export interface OpenOptions {
  /** Rows of an image or of the sphere, points along an axis of a shape, samples of a curve. Default: as in the files. */
  readonly resolution?: number;
  /** What to read of data that hold several things. */
  readonly read?: ReadOptions;
  /** What to do if there is no such data, for the error message. */
  readonly cure?: string;
  /** Receives warnings, such as about skipped files. */
  readonly report?: (message: string) => void;
}

/**
 * Opens a data set, passes it to a function, and closes it.
 *
 * @param name A bundled set, a file or a folder; `KIND:PATH` specifies the kind of data, `PATH#NAME` a part of a file.
 * @param options Resolution and warnings.
 * @param use Uses the data set.
 * @returns The result of `use`.
 * @throws {UserError} If there is no such file or folder.
 * @throws {DataError} If its files cannot be used.
 */
export async function withData<T>(
  name: string,
  options: OpenOptions,
  use: (opened: OpenedDataset) => T | Promise<T>,
): Promise<T> {
  const opened = await openData(name, options);
  try {
    return await use(opened);
  } finally {
    await opened.dataset.close?.();
  }
}

/** Kinds of the bundled data sets. */
const BUNDLED_KINDS = { mnist: "digits", faces: "images", emoji: "images", chairs: "shapes" } as const;

/**
 * Finds the kind of a data set without opening it.
 *
 * @param name A bundled set, a file or a folder.
 * @param read What to read.
 * @returns The kind; `undefined` if it is not recognised, or there is no such file: opening it says why.
 */
export async function kindOfData(name: string, read: ReadOptions | undefined): Promise<DataKind | undefined> {
  const bundled = BUNDLED_NAMES.find((known) => known === name);
  if (bundled !== undefined) return BUNDLED_KINDS[bundled];
  const [kind, named] = splitKind(name);
  const [path, member] = await splitMember(named);
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) return kind;
  const { folder, name: file } = splitPath(path);
  return await inferDataKind({
    files: folderTree(info.isFile ? folder : path),
    ...(read && { read }),
    ...(kind && { kind }),
    ...(member !== undefined && { member }),
    ...(info.isFile && { file }),
  });
}

async function openData(name: string, options: OpenOptions): Promise<OpenedDataset> {
  using activity = new Activity(`reading ${name}`);
  const cache = diskCacheStore(cacheFolder());
  const bundled = BUNDLED_NAMES.find((known) => known === name);
  if (bundled !== undefined) {
    if (options.read) {
      throw new UserError(
        `the bundled data "${name}" have nothing to choose: omit --${Object.keys(options.read)[0]}`,
      );
    }
    return await openBundled(bundled, { ...options, cache });
  }
  const [kind, named] = splitKind(name);
  const [path, member] = await splitMember(named);
  const isFolder = await checkPath(path, options.cure);
  const { folder, name: file } = splitPath(path);
  return await openDataset({
    ...options,
    files: folderTree(isFolder ? path : folder, (fraction) => activity.at(fraction)),
    cache,
    ...(kind && { kind }),
    ...(member !== undefined && { member }),
    ...(!isFolder && { file }),
  });
}

function splitKind(name: string): [DataKind | undefined, string] {
  const kind = DATA_KINDS.find((kind) => name.startsWith(`${kind}:`));
  return [kind, kind ? name.slice(kind.length + 1) : name];
}

/** Splits `PATH#NAME`, unless there is a file of that name. */
async function splitMember(name: string): Promise<[path: string, member: string | undefined]> {
  const at = name.lastIndexOf("#");
  if (at < 1 || at === name.length - 1) return [name, undefined];
  const exists = await Deno.stat(name).then(() => true, () => false);
  return exists ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

/** Checks that a path is a file or a folder; returns true for a folder, false for a file. */
async function checkPath(path: string, cure: string | undefined): Promise<boolean> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new UserError(`cannot read ${path}: ${messageOf(error)}`, error);
    }
    const word = /^([a-z]{2,}):/i.exec(path)?.[1];
    if (cure !== undefined) throw new UserError(`there is no data "${path}": ${cure}`);
    throw new UserError(
      `there is no data "${path}"${didYouMean(path, BUNDLED_NAMES)}: ` +
        (word === undefined
          ? `pass a file or a folder, or one of the bundled data sets: ${BUNDLED_NAMES.join(", ")}`
          : `the kinds allowed before a path are ${DATA_KINDS.join(", ")}${didYouMean(word, DATA_KINDS)}`),
    );
  }
  if (info.isFile || info.isDirectory) return info.isDirectory;
  throw new UserError(`cannot read ${path}: it is a pipe or a device; pass a file or a folder`);
}
