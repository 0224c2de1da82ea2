/**
 * Runs as ZIP files, which the command line resumes once they are unpacked, and the way back.
 *
 * @module
 */
import { blobTree, type FileTree } from "@gasp/datasets";
import {
  CONFIG_FILE,
  messageOf,
  openNewestCheckpoint,
  parseRunConfig,
  readConfig,
  type RunStore,
  UserError,
} from "@gasp/gasp";
import { openZip, type ZipEntry } from "@gasp/tensor";
import { Zip, ZipPassThrough } from "fflate";
import type { FileSet } from "./protocol.ts";
import { forgetRun, freeName, storeOf } from "./stores.ts";

/** Files of a run, by folder. */
const FOLDERS: Readonly<Record<string, RegExp>> = {
  "": /^(?:config\.json|metrics\.jsonl|best\.json)$/,
  samples: /^step-\d+(?:-reconstructions)?\.png$/,
  checkpoints: /^step-\d+\.safetensors$/,
};
/** ZIP files need a time: their first one, so that equal runs make equal files. */
const EPOCH = new Date(1980, 0, 1);

/**
 * Lists the files of a run.
 *
 * @param store The run.
 */
export async function filesOfRun(store: RunStore): Promise<string[]> {
  const paths: string[] = [];
  for (const [folder, pattern] of Object.entries(FOLDERS)) {
    for (const name of await store.list(folder)) {
      if (pattern.test(name)) paths.push(folder === "" ? name : `${folder}/${name}`);
    }
  }
  return paths;
}

/**
 * Packs a run as a ZIP file with one folder.
 *
 * @param name Name of the folder.
 * @param store Files of the run.
 */
export async function packRun(name: string, store: RunStore): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  for (const path of await filesOfRun(store)) {
    const bytes = await store.read(path);
    if (bytes === undefined) continue;
    // Weights and pictures do not become smaller
    const entry = new ZipPassThrough(`${name}/${path}`);
    entry.mtime = EPOCH;
    zip.add(entry);
    entry.push(bytes, true);
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}

/** Files of a run outside this browser. */
interface OuterRun {
  readonly name: string;
  /** Paths in the run. */
  readonly paths: readonly string[];
  /** Reads a file. */
  read(path: string): Promise<Uint8Array>;
}

/**
 * Copies a run from files into this browser.
 *
 * @param files Folder of the run, or its ZIP file.
 * @returns Its name here; undefined if the files are not a run.
 * @throws {UserError} If they are a damaged run. Then nothing is kept.
 */
export async function takeRun(files: FileSet): Promise<string | undefined> {
  const run = await outerRun(files);
  if (run === undefined) return undefined;
  const name = await freeName(run.name), store = await storeOf(name);
  try {
    for (const path of run.paths) await store.write(path, await run.read(path));
    parseRunConfig(await readConfig(store), CONFIG_FILE);
    await (await openNewestCheckpoint(store))?.readState();
    return name;
  } catch (error) {
    await forgetRun(name);
    throw new UserError(`the run ${run.name} cannot be used: ${messageOf(error)}`, error);
  }
}

async function outerRun({ location, entries }: FileSet): Promise<OuterRun | undefined> {
  const [path, blob] = entries[0] ?? [];
  if (entries.length === 1 && blob && /\.zip$/i.test(path!)) {
    return runIn(location.replace(/\.zip$/i, ""), zipTree(openZip(new Uint8Array(await blob.arrayBuffer()))));
  }
  return runIn(location, blobTree(location, new Map(entries)));
}

async function runIn(
  location: string,
  files: Pick<FileTree, "list" | "read">,
): Promise<OuterRun | undefined> {
  const names = await files.list();
  const config = names.filter((name) => name === CONFIG_FILE || name.endsWith(`/${CONFIG_FILE}`))
    .toSorted((a, b) => a.length - b.length)[0];
  if (config === undefined) return undefined;
  const prefix = config.slice(0, -CONFIG_FILE.length);
  const paths = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
    .filter((path) => {
      const cut = path.lastIndexOf("/");
      return FOLDERS[path.slice(0, Math.max(0, cut))]?.test(path.slice(cut + 1));
    });
  const name = prefix.split("/").at(-2) ?? location;
  return { name, paths, read: (path) => files.read(prefix + path) };
}

function zipTree(entries: ReadonlyMap<string, ZipEntry>): Pick<FileTree, "list" | "read"> {
  return {
    list: () => Promise.resolve([...entries.keys()]),
    read: (name) => Promise.resolve(entries.get(name)!.read()),
  };
}
