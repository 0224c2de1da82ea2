/**
 * Whether all ranks do the same: with another version, other options or other data, a rank would compute something else, or
 * wait for calls that the others never make.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { UserError } from "@gasp/gasp";
import type { Mpi } from "./open_mpi.ts";
import { gatherValues } from "./share.ts";

/** A value that JSON can hold. */
type Json = null | boolean | number | string | readonly Json[] | {
  readonly [name: string]: Json | undefined;
};

/** What must not differ, by what it is called in messages. */
export type Facts = { readonly [name: string]: Json | undefined };

/**
 * Checks that all ranks bring the same facts.
 *
 * @param mpi The ranks.
 * @param facts Facts of this rank.
 * @throws {UserError} On all ranks, if one has others than rank 0; the message says which and where.
 */
export async function requireSame(mpi: Mpi, facts: Facts): Promise<void> {
  const [first, ...others] = await gatherValues(mpi.communicator, facts);
  for (const [i, other] of others.entries()) {
    const difference = firstDifference(first, other, "");
    if (difference === undefined) continue;
    const { path, before, now } = difference;
    throw new UserError(
      `${mpi.describe(i + 1)} differs from rank 0 in ${path}: it has ${show(now)}, rank 0 has ${
        show(before)
      }. Start all ranks ` +
        `with the same program, options and data`,
    );
  }
}

/** A value that differs. */
interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly now: Json | undefined;
}

function firstDifference(
  before: Json | undefined,
  now: Json | undefined,
  path: string,
): Difference | undefined {
  if (!isObject(before) || !isObject(now)) {
    return JSON.stringify(before) === JSON.stringify(now) ? undefined : { path, before, now };
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const inside = firstDifference(before[name], now[name], path === "" ? name : `${path}.${name}`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function isObject(value: unknown): value is { readonly [name: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: Json | undefined): string {
  const text = value === undefined ? "none" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Returns what tells one version of the program from another: the runtime, and the source itself. */
export async function versionFacts(): Promise<Facts> {
  const root = new URL("../../../", import.meta.url);
  return { Deno: Deno.version.deno, source: await sourceDigest(root) ?? root.href };
}

/** Returns a digest of the source files of the packages and the commands; `undefined` if they are not on this disk. */
async function sourceDigest(root: URL): Promise<string | undefined> {
  if (root.protocol !== "file:") return undefined;
  const digests: string[] = [];
  const visit = async (folder: URL) => {
    for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(folder))) {
      if (isDirectory) await visit(new URL(`${encodeURIComponent(name)}/`, folder));
      else if (name.endsWith(".ts")) {
        const file = new URL(encodeURIComponent(name), folder);
        digests.push(`${file.href.slice(root.href.length)} ${await digestOf(await Deno.readFile(file))}`);
      }
    }
  };
  for (const folder of ["apps/", "packages/"]) await visit(new URL(folder, root));
  return await digestOf(new TextEncoder().encode(digests.sort().join("\n")));
}

/**
 * Returns what tells one data set from another, without reading it whole: sizes, points, and the first, middle and last item.
 *
 * @param data Data set.
 */
export async function dataFacts(data: Dataset): Promise<Facts> {
  const { name, items, pointCount, coordinateDim, featureDim, coordinates } = data;
  const read = [0, Math.floor(items / 2), items - 1];
  return {
    name,
    items,
    points: pointCount,
    coordinates: coordinateDim,
    features: featureDim,
    display: { ...data.display } as Facts,
    "the positions of points": await digestOf(coordinates),
    "the contents of items": await digestOf(await data.batch(read)),
  };
}

async function digestOf(values: ArrayBufferView): Promise<string> {
  const { buffer, byteOffset, byteLength } = values;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new Uint8Array(buffer, byteOffset, byteLength).slice(),
  );
  return new Uint8Array(digest).toHex().slice(0, 16);
}
