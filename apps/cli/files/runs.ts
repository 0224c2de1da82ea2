/**
 * Folders of runs: the newest run, and names for new ones.
 * @module
 */
import { CONFIG_FILE, UserError } from "@gasp/gasp";

/** Default folder of all runs. */
export const RUNS = "runs";

/**
 * Finds the most recently modified run.
 *
 * @param file File or folder whose modification time counts: `config.json`, or `checkpoints`.
 * @returns Folder of the run, or `undefined` if there is none.
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
 * Creates a folder for a new run: `runs/digits-1`, `runs/digits-2`, and so on.
 *
 * @param preset Prefix of the name.
 * @returns The new, empty folder.
 * @throws {UserError} If it cannot be created.
 */
export async function nextRun(preset: string): Promise<string> {
  try {
    await Deno.mkdir(RUNS, { recursive: true });
    const pattern = new RegExp(`^${preset}-(\\d+)$`);
    const numbers = (await folderNames(RUNS)).map((name) => Number(pattern.exec(name)?.[1] ?? 0));
    for (let number = Math.max(0, ...numbers) + 1;; number++) {
      const folder = `${RUNS}/${preset}-${number}`;
      // Another process may have taken the name in the meantime
      if (await createNew(folder)) return folder;
    }
  } catch (error) {
    throw new UserError(
      `cannot create a folder in ${Deno.cwd()}/${RUNS}: ${error instanceof Error ? error.message : error}. ` +
        "Choose a writable folder with --out",
      error,
    );
  }
}

async function createNew(folder: string): Promise<boolean> {
  try {
    await Deno.mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Lists the folders in a folder; empty if it does not exist. */
async function folderNames(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
      if (isDirectory || (isSymlink && (await statOf(`${path}/${name}`))?.isDirectory)) names.push(name);
    }
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
