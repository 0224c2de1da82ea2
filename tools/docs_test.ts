/** @module */
import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path/posix";
import { buildDocs } from "./docs.ts";

async function* pages(folder: string): AsyncGenerator<string> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".html")) yield join(folder, name);
  }
}

Deno.test("buildDocs() writes an index, the guide and a reference by category, and every link leads somewhere", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gasp-docs-" });
  try {
    await buildDocs(folder);
    const written: string[] = [];
    for (const part of [folder, `${folder}/guide`]) for await (const path of pages(part)) written.push(path);
    assert(written.length > 20, `${written.length} pages`);
    for (const path of written) {
      const html = await Deno.readTextFile(path);
      for (const [, target] of html.matchAll(/(?:href|src)="(?!https?:)([^"#]+)"/g)) {
        await Deno.stat(join(dirname(path), target!)).catch(() =>
          assert(false, `${path} links to ${target}`)
        );
      }
    }
    const reference = await Deno.readTextFile(`${folder}/tensor.html`);
    for (const category of ["Tensors", "Element-wise operations", "Compilation", "Devices", "Points"]) {
      assert(
        reference.includes(`<h2>${category}</h2>`),
        `the reference of tensors has no category ${category}`,
      );
    }
    assert(reference.includes("<code>matmul</code></a></td><td>function</td>"));
    assertEquals(
      /<(?:script|link)[^>]*"https?:/.test(await Deno.readTextFile(`${folder}/tensor/index.html`)),
      false,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
