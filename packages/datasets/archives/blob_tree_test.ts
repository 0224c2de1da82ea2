import type { WebFile, WebFolder } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { writeWav } from "../points/wav.ts";
import { openDataset } from "../open_dataset.ts";
import { blobTree, filesOfFolder } from "./blob_tree.ts";

const file = (name: string, blob: Blob): WebFile => ({
  kind: "file",
  name,
  getFile: () => Promise.resolve(new File([blob], name, { lastModified: 7 })),
});

function folder(name: string, entries: readonly (WebFile | WebFolder)[]): WebFolder {
  const refuse = () => Promise.reject(new Error("not used"));
  return {
    kind: "directory",
    name,
    getFileHandle: refuse,
    getDirectoryHandle: refuse,
    removeEntry: refuse,
    async *entries() {
      for (const entry of entries) yield [entry.name, entry];
    },
  };
}

const sound = (samples: number) =>
  new Blob([
    writeWav({ rate: 8000, samples: Float32Array.from({ length: samples }, (_, i) => Math.sin(i)) })
      .slice(),
  ]);

Deno.test("filesOfFolder() finds files at any depth, and openDataset() reads them", async () => {
  const dropped = folder("sounds", [
    file("a.wav", sound(600)),
    folder("more", [file("b.wav", sound(500)), folder("none", [])]),
  ]);
  const files = blobTree(dropped.name, await filesOfFolder(dropped));
  assertEquals((await files.entries()).map(({ name, modified }) => [name, modified]), [
    ["a.wav", 7],
    ["more/b.wav", 7],
  ]);
  const { dataset, kind } = await openDataset({ files, resolution: 64 });
  assertEquals([kind, dataset.items, dataset.pointCount], ["curves", 2, 64]);
});

Deno.test("blobTree() says what to do with a file that cannot be read any more", async () => {
  const changed = new Blob(["x"]);
  changed.arrayBuffer = () => Promise.reject(new DOMException("changed on disk", "NotReadableError"));
  const tree = blobTree("dropped", new Map([["a.npy", changed]]));
  await assertRejects(
    () => tree.read("a.npy"),
    DataError,
    "dropped/a.npy cannot be read (changed on disk): choose it",
  );
  await assertRejects(() => tree.read("b.npy"), DataError, "dropped has no file b.npy");
});
