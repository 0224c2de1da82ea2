/**
 * Files that commands read and write as a whole.
 * @module
 */
import { openFileStore, UserError } from "@gasp/gasp";
import { UsageError } from "../options/options.ts";

/**
 * The bytes of a file.
 *
 * @param path The file.
 * @param cure What to give instead, where there is none.
 * @throws {UserError} If there is none.
 */
export async function readBytes(path: string, cure: string = ""): Promise<Uint8Array> {
  const { folder, name } = splitPath(path);
  const bytes = await (await openFileStore(folder)).read(name);
  if (bytes === undefined) throw new UserError(`there is no file "${path}"${cure && `: ${cure}`}`);
  return bytes;
}

/**
 * Writes a file as a whole, so that no half file is left.
 *
 * @param path The file.
 * @param bytes What it holds.
 */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const { folder, name } = splitPath(path);
  await (await openFileStore(folder)).write(name, bytes);
}

/**
 * Checks the file of a picture before it is computed.
 *
 * @param path The value of `--out`.
 * @returns The path.
 * @throws {UsageError} If its name does not end in `.png`, which is the format of all pictures.
 */
export function pngPath(path: string): string {
  if (/[^/]\.png$/i.test(path)) return path;
  throw new UsageError(`--out is a PNG file here, so its name ends in .png; got "${path}"`);
}

/**
 * The folder of a path, and the name in it.
 *
 * @param path A path; on Windows with either slash.
 * @param system The operating system.
 */
export function splitPath(
  path: string,
  system: string = Deno.build.os,
): { readonly folder: string; readonly name: string } {
  const cut = Math.max(path.lastIndexOf("/"), system === "windows" ? path.lastIndexOf("\\") : -1);
  return { folder: cut < 0 ? "." : path.slice(0, cut) || "/", name: path.slice(cut + 1) };
}
