import { assertEquals } from "@std/assert";
import { diskCacheStore } from "./pixel_cache.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("diskCacheStore() stores bytes at any offset of a file", () =>
  withFolder(async (folder) => {
    const store = diskCacheStore(`${folder}/made/when/needed`);
    const file = await store.open("set", "a");
    assertEquals(await file.read(0, 8), new Uint8Array(0));
    await file.write(6, Uint8Array.of(1, 2));
    await file.write(1, Uint8Array.of(9));
    await Promise.all([file.write(2, Uint8Array.of(5)), file.write(4, Uint8Array.of(6))]);
    const expected = Uint8Array.of(0, 9, 5, 0, 6, 0, 1, 2);
    assertEquals(await file.read(0, 100), expected);
    await file.close();
    const again = await store.open("set", "a");
    assertEquals(await Promise.all([again.read(0, 8), again.read(6, 1)]), [expected, Uint8Array.of(1)]);
    await again.close();
  }));

Deno.test("diskCacheStore() removes other versions of a set, and nothing else", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/set.notes`, "mine");
    const store = diskCacheStore(folder);
    for (const [set, version] of [["set", "a"], ["other", "a"], ["set", "b"]] as const) {
      await (await store.open(set, version)).close();
    }
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assertEquals(names.sort(), ["other.a.pixels", "set.b.pixels", "set.notes"]);
  }));
