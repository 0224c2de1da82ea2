/**
 * Data sets by the name that a configuration gives them.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { type Dataset, type FileSource, mnistFolder, mnistPackage } from "@gasp/datasets";

/** The name of the digits that come with the program. */
const BUNDLED = "mnist";

/**
 * Opens a data set.
 *
 * @param name `mnist`, or a folder with MNIST's files.
 * @param resolution Height and width of the pictures.
 * @throws {UserError} If there is no such folder.
 * @throws {DataError} If its files cannot be used.
 */
export async function openData(name: string, resolution: number): Promise<Dataset> {
  if (name === BUNDLED) return await mnistPackage(resolution);
  return await mnistFolder(await folderSource(name), { resolution });
}

async function folderSource(location: string): Promise<FileSource> {
  const cure = `give a folder with MNIST's files, or "${BUNDLED}" for the digits that come with the program`;
  const info = await Deno.stat(location).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(`there is no data folder "${location}": ${cure}`);
    }
    throw unreadable(location, error);
  });
  if (!info.isDirectory) throw new UserError(`the data "${location}" are a file, not a folder: ${cure}`);
  return {
    location,
    async list() {
      const names: string[] = [];
      for await (const entry of Deno.readDir(location)) if (entry.isFile) names.push(entry.name);
      return names;
    },
    read: (file) =>
      Deno.readFile(`${location}/${file}`).catch((error) => {
        throw unreadable(`${location}/${file}`, error);
      }),
  };
}

function unreadable(path: string, error: unknown): UserError {
  return new UserError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`, error);
}
