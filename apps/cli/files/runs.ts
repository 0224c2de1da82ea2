/**
 * The folders of runs: which is newest, which name is free.
 * @module
 */
import { CONFIG_FILE, UserError } from "@gasp/gasp";

/** Where runs go by default. */
export const RUNS = "runs";

/**
 * The run that was written to last.
 *
 * @param file A file that tells when: `config.json`, or a folder such as `checkpoints`.
 * @returns Its folder, or `undefined` if there is none.
 */
export async function newestRun(file: string = CONFIG_FILE): Promise<string | undefined> {
  const found: { readonly folder: string; readonly time: number }[] = [];
  for (const name of await folderNames(RUNS)) {
    const folder = `${RUNS}/${name}`;
    const [config, info] = await Promise.all([
      statOf(`${folder}/${CONFIG_FILE}`),
      statOf(`${folder}/${file}`),
    ]);
    if (config && info) found.push({ folder, time: info.mtime?.getTime() ?? 0 });
  }
  return found.sort((a, b) => b.time - a.time || b.folder.localeCompare(a.folder, "en", { numeric: true }))[0]
    ?.folder;
}

/**
 * Takes the next free name for a run: `runs/digits-1`, `runs/digits-2`, and so on.
 *
 * @param preset What the run is called after.
 * @returns Its folder, made and empty.
 * @throws {UserError} If it cannot be made.
 */
export async function nextRun(preset: string): Promise<string> {
  try {
    await Deno.mkdir(RUNS, { recursive: true });
    const pattern = new RegExp(`^${preset}-(\\d+)$`);
    const numbers = (await folderNames(RUNS)).map((name) => Number(pattern.exec(name)?.[1] ?? 0));
    for (let number = Math.max(0, ...numbers) + 1;; number++) {
      const folder = `${RUNS}/${preset}-${number}`;
      // Another process may have taken the name since it was looked for.
      if (await makeNew(folder)) return folder;
    }
  } catch (error) {
    throw new UserError(
      `cannot make a folder in ${Deno.cwd()}/${RUNS}: ${error instanceof Error ? error.message : error}. ` +
        "Choose a folder that can be written to with --out",
      error,
    );
  }
}

async function makeNew(folder: string): Promise<boolean> {
  try {
    await Deno.mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Names of the folders in a folder; none if it does not exist. */
async function folderNames(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) if (entry.isDirectory) names.push(entry.name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return names;
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}
