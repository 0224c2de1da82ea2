/**
 * What must not differ between ranks: with another version or other data, a rank would compute something else, or wait for
 * calls that the others never make.
 * @module
 */
import type { Dataset } from "@gasp/datasets";

/** Returns what tells one version of the program from another: the runtime, and the source itself. */
export async function versionOf(): Promise<string> {
  const root = new URL("../../../", import.meta.url);
  return `Deno ${Deno.version.deno}, source ${await sourceDigest(root) ?? root.href}`;
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
 * Returns what tells one data set from another of the same sizes, without reading it whole: how it is shown, and a digest of
 * the first, the middle and the last item.
 *
 * @param data Data set.
 */
export async function contentsOf(data: Dataset): Promise<string> {
  const items = [0, Math.floor(data.items / 2), data.items - 1];
  return `${JSON.stringify(data.display)}, items ${await digestOf(await data.batch(items))}`;
}

async function digestOf(values: ArrayBufferView): Promise<string> {
  const { buffer, byteOffset, byteLength } = values;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new Uint8Array(buffer, byteOffset, byteLength).slice(),
  );
  return new Uint8Array(digest).toHex().slice(0, 16);
}
