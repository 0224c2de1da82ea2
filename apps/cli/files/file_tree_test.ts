import { UserError } from "@gasp/gasp";
import { assertEquals, assertRejects } from "@std/assert";
import { folderTree } from "./file_tree.ts";

Deno.test("folderTree() lists files at any depth and reads them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/sub/deep`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a.png`, "abc");
    await Deno.writeTextFile(`${folder}/sub/deep/b.png`, "hello");
    await Deno.utime(`${folder}/a.png`, 5, 7);
    await Deno.symlink(folder, `${folder}/sub/up`);
    await Deno.symlink(`${folder}/gone`, `${folder}/broken`);
    const tree = folderTree(folder);
    const entries = (await tree.entries()).toSorted((a, b) => a.name < b.name ? -1 : 1);
    assertEquals(entries[0], { name: "a.png", size: 3, modified: 7000 });
    assertEquals([entries.length, entries[1]?.name, entries[1]?.size], [2, "sub/deep/b.png", 5]);
    assertEquals((await tree.list()).toSorted(), ["a.png", "sub/deep/b.png"]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(text(await tree.read("sub/deep/b.png")), "hello");
    assertEquals(text(await tree.readStart("sub/deep/b.png", 2)), "he");
    assertEquals(text(await tree.readStart("a.png", 20)), "abc");
    await assertRejects(() => tree.read("none.png"), UserError, `cannot read ${folder}/none.png`);
    await assertRejects(() => folderTree(`${folder}/none`).entries(), UserError, "cannot read");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("folderTree() follows links to folders, reads each folder once, and skips links that lead nowhere", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/data/real`, { recursive: true });
    await Deno.mkdir(`${folder}/other/inner`, { recursive: true });
    await Deno.writeTextFile(`${folder}/data/real/a.png`, "a");
    await Deno.writeTextFile(`${folder}/other/inner/b.png`, "b");
    const links = { linked: "../other", again: "../other/inner", loop: "loop", up: "..", twice: "real" };
    for (const [name, target] of Object.entries(links)) await Deno.symlink(target, `${folder}/data/${name}`);
    const names = (await folderTree(`${folder}/data`).list()).toSorted();
    assertEquals(names, ["again/b.png", "real/a.png"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
