import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { assertReadOrRejected, mutations } from "../core/mutations_testing.ts";
import { DataError } from "../core/data_error.ts";
import { memoryTree, plain, pngFile } from "../images/picture_testing.ts";
import { openDataset } from "../open_dataset.ts";
import { archiveTree, isArchive } from "./archive_tree.ts";

const FILES = {
  "img/a.png": pngFile(plain(4, 4, [9, 9, 9])),
  "img/b.png": pngFile(plain(4, 4, [7, 7, 7])),
  "__MACOSX/img/._a.png": new Uint8Array(9),
  "notes.txt": new TextEncoder().encode("text ".repeat(100)),
};

/** Writes a TAR archive. @param type Type of the members' paths: in the header, or GNU's or pax's headers of their own. */
function tarFile(files: Record<string, Uint8Array>, type: "ustar" | "gnu" | "pax"): Uint8Array {
  const blocks: Uint8Array[] = [];
  const add = (name: string, data: Uint8Array, flag: string) => {
    const header = new Uint8Array(512),
      put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    put(0, name.slice(0, 100));
    put(124, data.length.toString(8).padStart(11, "0"));
    put(148, " ".repeat(8));
    put(156, flag);
    put(257, "ustar\x0000");
    put(148, header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ");
    const body = new Uint8Array(Math.ceil(data.length / 512) * 512);
    body.set(data);
    blocks.push(header, body);
  };
  for (const [name, data] of Object.entries(files)) {
    const path = ` path=${name}\n`, length = path.length + 2;
    if (type === "gnu") add("././@LongLink", new TextEncoder().encode(name + "\0"), "L");
    if (type === "pax") add("PaxHeader", new TextEncoder().encode(length + path), "x");
    add(type === "ustar" ? `./${name}` : "short", data, "0");
  }
  blocks.push(new Uint8Array(1024));
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}

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

Deno.test("archiveTree() returns members or throws a DataError for damaged archives", async () => {
  for (const name of ["a.zip", "a.tar"]) {
    await assertReadOrRejected(mutations([ARCHIVES[name]!], 150, 3), async (bytes) => {
      const archive = await archiveTree(memoryTree({ [name]: bytes }), name);
      for (const path of await archive.list()) await archive.read(path);
    });
  }
});
