import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path/posix";
import { check, MAX_FILES } from "./folders.ts";

const ORDER = { "packages/toy": ["low", "high", "."] };

async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, "packages/toy", path)), { recursive: true });
      await Deno.writeTextFile(join(root, "packages/toy", path), text);
    }
    return await check(root, ORDER);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("check() accepts downward imports, and all imports of tests", async () => {
  const problems = await problemsOf({
    "mod.ts": 'export * from "./high/b.ts"; export * from "./low/a.ts";',
    "low/a.ts": 'import "./c.ts"; import "@gasp/tensor";',
    "low/c.ts": "",
    "low/a_test.ts": 'import "../high/b.ts";',
    "high/b.ts": 'import { a } from "../low/a.ts";',
  });
  assertEquals(problems, []);
});

Deno.test("check() rejects upward imports, including types, with file and line", async () => {
  const problems = await problemsOf({
    "mod.ts": "",
    "low/a.ts": '\nimport type { B } from "../high/b.ts";',
    "high/b.ts": 'export * from "../mod.ts";',
  });
  assertEquals(problems, [
    'packages/toy/high/b.ts:1: "../mod.ts" is in ., which is above high in tools/folders.ts',
    'packages/toy/low/a.ts:2: "../high/b.ts" is in high, which is above low in tools/folders.ts',
  ]);
});

Deno.test("check() rejects unlisted folders and those with too many files", async () => {
  const many = Array.from({ length: MAX_FILES + 1 }, (_, i) => [`low/f${i}.ts`, ""] as const);
  const problems = await problemsOf({ ...Object.fromEntries(many), "other/a.ts": "" });
  assertEquals(problems, [
    `packages/toy/low has ${MAX_FILES + 1} source files, more than ${MAX_FILES}`,
    "packages/toy/other: not listed in tools/folders.ts",
  ]);
});
