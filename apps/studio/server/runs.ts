/**
 * The runs of this machine, for the page: read-only, and nothing but the files that a training writes.
 *
 * @module
 */
import { checkpointSteps, CONFIG_FILE, openFileStore } from "@gasp/gasp";
import type { ServedRun } from "../state/served_run.ts";

/** Files that may be read. */
const READABLE =
  /^(?:config\.json|metrics\.jsonl|best\.json|generator[\w-]*\.safetensors|samples\/[\w.-]+\.png|checkpoints\/step-\d+\.safetensors)$/;
/** File that exists while a run is trained, see `apps/cli/files/run_lock.ts`. */
const LOCK_FILE = "training.lock";

/**
 * Lists the runs, newest first.
 *
 * @param root Folder of all runs; it need not exist.
 */
export async function listRuns(root: string): Promise<ServedRun[]> {
  const found: { readonly run: ServedRun; readonly time: number }[] = [];
  for (const name of await folderNames(root)) {
    const run = await describe(root, name).catch(() => undefined);
    const time = (await Deno.stat(`${root}/${name}`).catch(() => undefined))?.mtime?.getTime() ?? 0;
    if (run) found.push({ run, time });
  }
  return found.sort((a, b) => b.time - a.time).map(({ run }) => run);
}

/**
 * Finds a readable file of a run.
 *
 * @param root Folder of all runs.
 * @param name Name of the run.
 * @param path Path in the folder of the run, or `model`: its newest checkpoint.
 * @returns Path of the file; undefined if there is none, or it may not be read.
 */
export async function fileOfRun(root: string, name: string, path: string): Promise<string | undefined> {
  if (!isName(name)) return undefined;
  const folder = `${root}/${name}`;
  if (path !== "model") return READABLE.test(path) ? `${folder}/${path}` : undefined;
  const step = (await checkpointSteps(await openFileStore(folder))).at(-1);
  return step === undefined ? undefined : `${folder}/checkpoints/step-${step}.safetensors`;
}

/** Names of folders right below the root. */
function isName(name: string): boolean {
  return name !== "" && !name.startsWith(".") && !/[/\\]/.test(name);
}

/** Describes a run; undefined for a folder without a configuration or a checkpoint. */
async function describe(root: string, name: string): Promise<ServedRun | undefined> {
  const folder = `${root}/${name}`, store = await openFileStore(folder);
  const config = await Deno.readTextFile(`${folder}/${CONFIG_FILE}`).then(JSON.parse);
  const step = (await checkpointSteps(store)).at(-1);
  if (step === undefined) return undefined;
  const sheets = (await store.list("samples")).map((file) =>
    Number(/^step-(\d+)\.png$/.exec(file)?.[1] ?? -1)
  );
  const newest = Math.max(-1, ...sheets);
  return {
    name,
    preset: String(config.preset ?? "custom"),
    method: String(config.method ?? "gasp"),
    step,
    live: await Deno.stat(`${folder}/${LOCK_FILE}`).then(() => true, () => false),
    ...(newest >= 0 && { sheet: `api/runs/${encodeURIComponent(name)}/samples/step-${newest}.png` }),
  };
}

async function folderNames(root: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(root));
    return entries.filter(({ isDirectory, isSymlink }) => isDirectory || isSymlink).map(({ name }) => name)
      .filter(isName);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
