/**
 * Reads a built page into memory, so that the server leaves no files behind.
 *
 * @module
 */

/**
 * Reads all files of a folder.
 *
 * @param folder Folder of the page.
 * @returns Contents by path relative to the folder.
 */
export async function readSite(folder: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (!isDirectory) files.set(name, await Deno.readFile(path));
    else for (const [inner, bytes] of await readSite(path)) files.set(`${name}/${inner}`, bytes);
  }
  return files;
}
