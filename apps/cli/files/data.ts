/**
 * Data sets by the name that a configuration gives them.
 * @module
 */
import {
  avatarDataset,
  DATA_KINDS,
  type DataKind,
  emojiDataset,
  mnistPackage,
  openDataset,
  type OpenedDataset,
  proceduralChairs,
} from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { cacheFolder } from "../device/cache_folder.ts";
import { folderTree } from "./file_tree.ts";
import { splitPath } from "./files.ts";
import { didYouMean } from "../options/suggest.ts";
import { diskCacheStore } from "./pixel_cache.ts";

/** Faces that are drawn. */
const FACES = 3000;
const CHAIRS = 2000;
/** How far from their surface their features change: thinner than the distance of 16 points, as their thinnest parts are. */
const CHAIR_REACH = 0.1;

/** Sets that need no file, by their names. */
const BUNDLED: Readonly<Record<string, (resolution: number) => Promise<OpenedDataset["dataset"]>>> = {
  mnist: mnistPackage,
  faces: (resolution) => avatarDataset({ count: FACES, resolution, cache: diskCacheStore(cacheFolder()) }),
  emoji: emojiDataset,
  chairs: (resolution) =>
    Promise.resolve(proceduralChairs({ count: CHAIRS, resolution, truncation: CHAIR_REACH })),
};

/** Names of the sets that need no file. */
export const BUNDLED_NAMES: readonly string[] = Object.keys(BUNDLED);

/** How a set is opened. */
export interface OpenOptions {
  /** Rows of a picture or of the sphere, points along an axis of a shape, samples of a curve. Default: the files'. */
  readonly resolution?: number;
  /** What to do where there is no such data. */
  readonly cure?: string;
  /** Is told of what is skipped. */
  readonly report?: (message: string) => void;
}

/**
 * Opens a data set.
 *
 * @param name One of {@link BUNDLED_NAMES}, a file or a folder; `KIND:PATH` says what it holds.
 * @param options Resolution.
 * @throws {UserError} If there is no such file or folder.
 * @throws {DataError} If its files cannot be used.
 */
export async function openData(name: string, options: OpenOptions = {}): Promise<OpenedDataset> {
  const bundled = Object.hasOwn(BUNDLED, name) ? BUNDLED[name] : undefined;
  if (bundled) {
    const kinds: Readonly<Record<string, DataKind>> = { mnist: "digits", chairs: "shapes" };
    const standard: Readonly<Record<string, number>> = { mnist: 28, chairs: 32 };
    const dataset = await bundled(options.resolution ?? standard[name] ?? 64);
    return { dataset, kind: kinds[name] ?? "images", assumptions: [] };
  }
  const [kind, path] = splitKind(name);
  const isFolder = await checkPath(path, options.cure);
  const { folder, name: file } = splitPath(path);
  return await openDataset({
    ...options,
    files: folderTree(isFolder ? path : folder),
    cache: diskCacheStore(cacheFolder()),
    ...(kind && { kind }),
    ...(!isFolder && { file }),
  });
}

function splitKind(name: string): [DataKind | undefined, string] {
  const kind = DATA_KINDS.find((kind) => name.startsWith(`${kind}:`));
  return [kind, kind ? name.slice(kind.length + 1) : name];
}

/** True for a folder, false for a file. */
async function checkPath(path: string, cure: string | undefined): Promise<boolean> {
  try {
    const { isDirectory } = await Deno.stat(path);
    return isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new UserError(`cannot read ${path}: ${messageOf(error)}`, error);
    }
    const word = /^([a-z]{2,}):/i.exec(path)?.[1];
    if (cure !== undefined) throw new UserError(`there is no data "${path}": ${cure}`);
    throw new UserError(
      `there is no data "${path}"${didYouMean(path, BUNDLED_NAMES)}: ` +
        (word === undefined
          ? `give a file or a folder, or one of the sets that come with the program: ${
            BUNDLED_NAMES.join(", ")
          }`
          : `the kinds that may stand before a path are ${DATA_KINDS.join(", ")}${
            didYouMean(word, DATA_KINDS)
          }`),
    );
  }
}
