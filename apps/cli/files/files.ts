/**
 * Reading and writing of whole files.
 * @module
 */
import { type FileBytes, openFileStore, UserError } from "@gasp/gasp";
import { UsageError } from "../options/options.ts";

/**
 * Reads a file.
 *
 * @param path Path of the file.
 * @param remedy What to do if it does not exist, for the error message.
 * @throws {UserError} If it does not exist.
 */
export async function readBytes(path: string, remedy: string = ""): Promise<Uint8Array> {
  const { folder, name } = splitPath(path);
  const bytes = await (await openFileStore(folder)).read(name);
  if (bytes === undefined) throw new UserError(`there is no file "${path}"${remedy && `: ${remedy}`}`);
  return bytes;
}

/**
 * Writes a file atomically, so that no partial file is left.
 *
 * @param path Path of the file.
 * @param bytes Contents, or parts of them on demand.
 */
export async function writeBytes(path: string, bytes: FileBytes): Promise<void> {
  const { folder, name } = splitPath(path);
  await (await openFileStore(folder)).write(name, bytes);
}

/**
 * Checks the path of an image before it is computed.
 *
 * @param path Value of `--out`.
 * @returns The path.
 * @throws {UsageError} If its name does not end in `.png`.
 */
export function pngPath(path: string): string {
  if (/[^/]\.png$/i.test(path)) return path;
  throw new UsageError(`--out must be a PNG file with a name ending in .png; got "${path}"`);
}

/**
 * Splits a path into folder and file name.
 *
 * @param path Path; on Windows with either slash.
 * @param system Operating system.
 */
export function splitPath(
  path: string,
  system: string = Deno.build.os,
): { readonly folder: string; readonly name: string } {
  const cut = Math.max(path.lastIndexOf("/"), system === "windows" ? path.lastIndexOf("\\") : -1);
  return { folder: cut < 0 ? "." : path.slice(0, cut) || "/", name: path.slice(cut + 1) };
}

/**
 * Whether a path names a folder: an existing one, or a new one by a slash at its end.
 *
 * @param path Path.
 */
export async function isFolder(path: string): Promise<boolean> {
  return path.endsWith("/") || await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
