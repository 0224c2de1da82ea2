/** @module */
import { assertEquals, assertRejects } from "@std/assert";
import { readArchive, writeArchive } from "./tar.ts";

const FILES = new Map([
  ["package/b/two.js", new TextEncoder().encode("second")],
  ["package/a.txt", new Uint8Array(512).fill(7)],
  ["package/empty", new Uint8Array()],
]);

Deno.test("readArchive() reads what writeArchive() wrote, sorted", async () => {
  const files = await readArchive(await writeArchive(FILES));
  assertEquals([...files], [...FILES].toSorted());
});

Deno.test("writeArchive() writes archives that the system's tar can read", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
  try {
    await Deno.writeFile(`${folder}/it.tgz`, await writeArchive(FILES));
    const { success, stderr } = await new Deno.Command("tar", { args: ["xzf", "it.tgz"], cwd: folder })
      .output();
    assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    for (const [path, bytes] of FILES) assertEquals(await Deno.readFile(`${folder}/${path}`), bytes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeArchive() rejects a path that is too long for a header", async () => {
  await assertRejects(() => writeArchive(new Map([["a".repeat(101), new Uint8Array()]])), Error, "100 bytes");
});
