import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { assertReadOrRejected, mutations } from "../core/mutations_testing.ts";
import { DataError } from "../core/data_error.ts";
import { memoryTree, plain, pngFile } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { tarFile } from "./archive_testing.ts";
import { archiveTree, isArchive } from "./archive_tree.ts";

const FILES = {
  "img/a.png": pngFile(plain(4, 4, [9, 9, 9])),
  "img/b.png": pngFile(plain(4, 4, [7, 7, 7])),
  "__MACOSX/img/._a.png": new Uint8Array(9),
  "notes.txt": new TextEncoder().encode("text ".repeat(100)),
};

const ARCHIVES: Readonly<Record<string, Uint8Array>> = {
  "a.zip": zipSync(FILES),
  "stored.zip": zipSync(FILES, { level: 0 }),
  "a.tar": tarFile(FILES, "ustar"),
  "gnu.tar": tarFile(FILES, "gnu"),
  "pax.tar": tarFile(FILES, "pax"),
};

for (const [name, bytes] of Object.entries(ARCHIVES)) {
  Deno.test(`archiveTree() reads the members of ${name} in place`, async () => {
    const ranges: number[] = [], tree = memoryTree({ [name]: bytes });
    const readRange = (_: string, start: number, length: number) => {
      ranges.push(length);
      return Promise.resolve(bytes.slice(start, start + length));
    };
    for (const files of [tree, { ...tree, readRange }]) {
      const archive = await archiveTree(files, name);
      assertEquals([...await archive.list()].sort(), Object.keys(FILES).sort());
      for (const [path, data] of Object.entries(FILES)) assertEquals(await archive.read(path), data);
      assertEquals(await archive.readStart("notes.txt", 4), FILES["notes.txt"].slice(0, 4));
      await assertRejects(
        () => Promise.resolve().then(() => archive.read("c.png")),
        DataError,
        "no file c.png",
      );
    }
    assertEquals(ranges.length > 4, true);
  });
}

Deno.test("openDataset() reads pictures in an archive", async () => {
  for (const [name, bytes] of Object.entries(ARCHIVES)) {
    for (const file of [name, undefined]) {
      const opened = await openDataset({
        files: memoryTree({ [name]: bytes }),
        resolution: 4,
        ...(file !== undefined && { file }),
      });
      assertEquals([opened.kind, opened.dataset.items], ["images", 2], name);
      assertEquals((await opened.dataset.batch([1]))[0], Math.fround(2 * Math.fround(7 / 255) - 1));
    }
  }
  assertThrows(() => isArchive("a.tar.gz"), DataError, "unpack it");
});

Deno.test("archiveTree() compares members with their checksums", async () => {
  for (const name of ["a.zip", "stored.zip"]) {
    const bytes = ARCHIVES[name]!.slice();
    // Within the contents of the first member, after its header and its name.
    const at = 30 + "img/a.png".length + 20;
    bytes[at]! ^= 1;
    const archive = await archiveTree(memoryTree({ [name]: bytes }), name);
    await assertRejects(
      () => archive.read("img/a.png"),
      DataError,
      `${name}: the archive is damaged or truncated: img/a.png`,
    );
    assertEquals(await archive.read("img/b.png"), FILES["img/b.png"]);
  }
});

Deno.test("archiveTree() returns members or throws a DataError for damaged archives", async () => {
  for (const name of ["a.zip", "a.tar"]) {
    await assertReadOrRejected(mutations([ARCHIVES[name]!], 150, 3), async (bytes) => {
      const archive = await archiveTree(memoryTree({ [name]: bytes }), name);
      for (const path of await archive.list()) await archive.read(path);
    });
  }
});
