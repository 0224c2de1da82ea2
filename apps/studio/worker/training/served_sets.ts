/**
 * Sets whose files come with the page, fetched when they are chosen.
 *
 * @module
 */
import { UserError } from "@gasp/gasp";
import type { FileSet } from "./protocol.ts";

/** Files of the page by the name of the data in configurations: where the command line finds the same file. */
const SERVED: Readonly<Record<string, string>> = { "examples/data/t2m.nc": "sets/t2m.nc" };

/**
 * Whether the files of a set come with the page.
 *
 * @param name `data` of a configuration.
 */
export function isServed(name: string): boolean {
  return Object.hasOwn(SERVED, name);
}

/**
 * Fetches the files of a set.
 *
 * @param name `data` of a configuration.
 * @throws {UserError} If there is no such set, or it cannot be fetched.
 */
export async function bundledFiles(name: string): Promise<FileSet> {
  const path = SERVED[name];
  if (path === undefined) throw new UserError(`the page has no data "${name}": drop its files here`);
  // The worker lies one folder below the page.
  const response = await fetch(new URL(`../${path}`, globalThis.location.href));
  if (!response.ok) {
    throw new UserError(`${path} cannot be loaded: the server answered ${response.status}; reload the page`);
  }
  return { location: name, entries: [[path.split("/").at(-1)!, await response.blob()]] };
}
