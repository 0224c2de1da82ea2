/**
 * Runs in the browser's own file system (OPFS), in the layout of the command line: `runs/NAME/config.json`,
 * `runs/NAME/checkpoints/step-N.safetensors`. A run that is only a generator has `runs/NAME/generator.safetensors`.
 *
 * @module
 */

/** Name of the file of a run that is only a generator. */
export const GENERATOR_FILE = "generator.safetensors";

/**
 * Opens the folder of all runs; undefined where the browser has no file system, as in some private windows.
 *
 * @param create Whether to create it.
 */
export async function runsFolder(create = false): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle("runs", { create });
  } catch {
    return undefined;
  }
}

/**
 * Finds the file to sample from: the newest checkpoint, else the generator.
 *
 * @param run Folder of a run, of this file system or of a disk.
 * @returns Undefined if it has neither.
 */
export async function modelFile(run: FileSystemDirectoryHandle): Promise<File | undefined> {
  const checkpoints = await run.getDirectoryHandle("checkpoints").catch(() => undefined);
  let newest: FileSystemFileHandle | undefined, step = -1;
  for await (const handle of checkpoints?.values() ?? []) {
    const found = Number(/^step-(\d+)\.safetensors$/.exec(handle.name)?.[1] ?? -1);
    if (handle.kind === "file" && found > step) [newest, step] = [handle, found];
  }
  newest ??= await run.getFileHandle(GENERATOR_FILE).catch(() => undefined);
  return await newest?.getFile();
}

/** Lists the names of the runs, sorted. */
export async function runNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const handle of (await runsFolder())?.values() ?? []) {
    if (handle.kind === "directory" && await modelFile(handle)) names.push(handle.name);
  }
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/**
 * Keeps a model file as a run of this browser.
 *
 * @param name Name of the run; one of the same name is replaced.
 * @param file A generator or a checkpoint.
 * @returns Whether the browser could keep it.
 */
export async function keepModel(name: string, file: Blob): Promise<boolean> {
  try {
    const runs = await runsFolder(true);
    const folder = await runs?.getDirectoryHandle(name, { create: true });
    const stream = await (await folder?.getFileHandle(GENERATOR_FILE, { create: true }))?.createWritable();
    if (stream === undefined) return false;
    await stream.write(file);
    await stream.close();
    return true;
  } catch {
    // Full, or forbidden: the model stays open in this page only.
    return false;
  }
}

/**
 * Deletes a run, and the copy of the data that it was trained on.
 *
 * @param name Its name.
 */
export async function deleteRun(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for (const folder of ["runs", "data"]) {
    const parent = await root.getDirectoryHandle(folder).catch(() => undefined);
    await parent?.removeEntry(name, { recursive: true }).catch((error: DOMException) => {
      if (error.name !== "NotFoundError") throw error;
    });
  }
}
