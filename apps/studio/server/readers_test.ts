/**
 * Whether the site has all that readers load by themselves: found in their source.
 */
import { assertEquals } from "@std/assert";
import { linkFile, READER_PACKAGES, WORKER_MODULES } from "./readers.ts";

const DATASETS = new URL("../../../packages/datasets/", import.meta.url);

/** Finds all matches of a pattern in the readers, with the folders of their files. */
async function* matches(pattern: RegExp, folder = ""): AsyncGenerator<[folder: string, match: string]> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, DATASETS))) {
    if (isDirectory) yield* matches(pattern, `${folder}${name}/`);
    else if (/(?<!_test|_testing|_bench)\.ts$/.test(name)) {
      const text = await Deno.readTextFile(new URL(folder + name, DATASETS));
      // Examples in comments are no code
      const code = text.replaceAll(/^\s*\*.*$/gm, "");
      for (const [, match] of code.matchAll(pattern)) yield [folder, match!];
    }
  }
}

Deno.test("WORKER_MODULES are those that readers load by URL", async () => {
  const found = await Array.fromAsync(
    matches(/new URL\("\.\/([\w/]+\.ts)", import\.meta\.url\)/g),
    ([folder, path]) => folder + path,
  );
  assertEquals([...new Set(found)].sort(), [...WORKER_MODULES].sort());
});

Deno.test("READER_PACKAGES are those that readers load on demand, but for those that are not offered", async () => {
  const found = await Array.fromAsync(
    matches(/\bname: "([\w@/-]+)",\s*versions: "/g),
    ([, name]) => name,
  );
  // Filters of HDF5 are native modules of h5wasm, loaded by path: a page refuses files that need them
  const unused = ["emoji-datasource-google", "h5wasm-plugins"];
  assertEquals(
    [...new Set(found)].filter((name) => !unused.includes(name)).sort(),
    Object.keys(READER_PACKAGES).sort(),
  );
});

Deno.test("linkFile() points to workers and packages from every depth", () => {
  const text =
    'new URL("./formats/draco_worker.ts",import.meta.url);new URL(`packages/${a}/${b}`,import.meta.url)';
  assertEquals(
    linkFile(text, "chunk.js"),
    'new URL("./draco_worker.js",import.meta.url);new URL(`./packages/${a}/${b}`,import.meta.url)',
  );
  assertEquals(
    linkFile(text, "worker/train.js"),
    'new URL("../draco_worker.js",import.meta.url);new URL(`../packages/${a}/${b}`,import.meta.url)',
  );
});
