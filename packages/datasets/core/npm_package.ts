/**
 * Parts of npm packages that are large and seldom needed. Deno downloads a package at the start of a program if any `import()`
 * names it in so many words, so the name reaches `import()` here as a value: the package is fetched when a set is asked for.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/** A package and the versions that serve. */
export interface NpmPackage {
  /** Its name. */
  readonly name: string;
  /** Versions, for example `^16.0.0`. */
  readonly versions: string;
}

/** By its name, which an import map, Node or a bundler knows; else by Deno's own address for it. */
function specifiers({ name, versions }: NpmPackage, path: string): readonly string[] {
  const rest = path === "" ? "" : `/${path}`;
  return [name + rest, `npm:${name}@${versions}${rest}`];
}

/**
 * Loads a module of a package.
 *
 * @param npmPackage The package.
 * @param path Path in it, for example `emoji.json`; the main module unless given.
 * @returns What the module exports.
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
 * The bytes of a file in a package of which a module was loaded before.
 *
 * @param npmPackage The package.
 * @param path Path in it.
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

/** What is used of `node:fs/promises`. */
interface FileReader {
  readFile(url: URL): Promise<Uint8Array>;
}

async function bytesAt(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") {
    // The name is a value, so that bundlers for browsers leave it alone.
    const builtin = "fs/promises";
    const { readFile }: FileReader = await import(/* @vite-ignore */ `node:${builtin}`);
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function missing({ name, versions }: NpmPackage, path: string, error: unknown): DataError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DataError(
    `The npm package ${name}${path && ` (its part ${path})`} cannot be loaded: ${reason}. ` +
      `Install ${name}@${versions}; Deno does so by itself where it reaches a registry.`,
  );
}
