/**
 * Tests of the layering check, on small workspaces.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { check, cycles } from "./imports.ts";

/** The minimal valid workspace: every member with an empty module. */
const MEMBERS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "packages/tensor",
    "packages/autograd",
    "packages/pointconv",
    "packages/datasets",
    "packages/gasp",
    "apps/cli",
  ]
    .flatMap((folder) => [
      [
        `${folder}/deno.json`,
        JSON.stringify({
          name: `@gasp/${folder.split("/")[1]}`,
          exports: folder === "packages/tensor" ? { ".": "./mod.ts", "./io": "./io/mod.ts" } : "./mod.ts",
        }),
      ],
      [`${folder}/mod.ts`, "export {};\n"],
    ]),
);

/** Checks the minimal workspace with some files added or replaced. */
async function checkWith(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const [file, text] of Object.entries({ ...MEMBERS, ...files })) {
      await Deno.mkdir(join(root, dirname(file)), { recursive: true });
      await Deno.writeTextFile(join(root, file), text);
    }
    return await check(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Asserts that there is exactly one problem, whose message has all of the texts. */
async function assertOneProblem(files: Readonly<Record<string, string>>, ...texts: string[]): Promise<void> {
  const problems = await checkWith(files);
  assertEquals(problems.length, 1, problems.join("\n"));
  for (const text of texts) assertStringIncludes(problems[0] ?? "", text);
}

Deno.test("check() accepts imports of lower packages, external modules and files of the same package", async () => {
  const problems = await checkWith({
    "packages/tensor/io/mod.ts": 'import "../mod.ts";',
    "packages/tensor/mod_test.ts":
      'import "node:fs"; import { assert } from "@std/assert"; Deno.test("x", () => {});',
    "packages/tensor/files.ts": 'const fs = await import("node:fs"); // In Deno, "node:fs" works as well.',
    "packages/gasp/mod.ts": 'import "@gasp/tensor"; import "@gasp/tensor/io"; import "@gasp/pointconv";',
    "apps/cli/mod.ts": 'import "@gasp/gasp"; import "node:fs"; Deno.cwd();',
  });
  assertEquals(problems, []);
});

Deno.test("check() rejects imports of higher packages, including types and re-exports", async () => {
  const upward = "packages/tensor may not import";
  await assertOneProblem(
    { "packages/tensor/mod.ts": '\nimport "@gasp/autograd";' },
    "packages/tensor/mod.ts:2",
    upward,
  );
  await assertOneProblem({ "packages/tensor/a.ts": 'import type { A } from "@gasp/gasp";' }, upward);
  await assertOneProblem({ "packages/tensor/a.ts": 'export * from "@gasp/cli";' }, upward);
  await assertOneProblem({ "packages/tensor/a.ts": 'await import("@gasp/datasets");' }, upward);
  await assertOneProblem({ "packages/tensor/a_test.ts": 'import "@gasp/autograd";' }, upward);
});

Deno.test("check() rejects imports between datasets and pointconv", async () => {
  await assertOneProblem(
    { "packages/datasets/mod.ts": 'import "@gasp/pointconv";' },
    "packages/datasets may not",
  );
  await assertOneProblem(
    { "packages/pointconv/mod.ts": 'import "@gasp/datasets";' },
    "packages/pointconv may not",
  );
});

Deno.test("check() accepts paths of tests to the helpers of tests in packages below", async () => {
  const helper = { "packages/tensor/a_testing.ts": "export {};" },
    reached = 'import "../tensor/a_testing.ts";';
  assertEquals(await checkWith({ ...helper, "packages/gasp/b_test.ts": reached }), []);
  assertEquals(await checkWith({ ...helper, "packages/gasp/b_testing.ts": reached }), []);
  await assertOneProblem({ ...helper, "packages/gasp/b.ts": reached }, "leaves packages/gasp");
  await assertOneProblem(
    { "packages/tensor/b_test.ts": 'import "../gasp/a_testing.ts";' },
    "leaves packages/tensor",
  );
});

Deno.test("check() rejects paths into other packages, a package's own name and unknown exports", async () => {
  await assertOneProblem(
    { "packages/autograd/a.ts": 'import "../tensor/mod.ts";' },
    "leaves packages/autograd: import @gasp/tensor instead",
  );
  await assertOneProblem({ "packages/tensor/a.ts": 'import "@gasp/tensor";' }, "use a relative path");
  await assertOneProblem({ "packages/autograd/a.ts": 'import "@gasp/tensor/no";' }, 'exports no "./no"');
});

Deno.test("check() rejects circular imports and names the files", async () => {
  await assertOneProblem(
    {
      "packages/tensor/a.ts": 'import "./b.ts";',
      "packages/tensor/b.ts": 'export type { C } from "./sub/c.ts";',
      "packages/tensor/sub/c.ts": 'import "../a.ts";',
    },
    "circular import",
    "packages/tensor/a.ts",
    "packages/tensor/b.ts",
    "packages/tensor/sub/c.ts",
  );
  await assertOneProblem(
    { "packages/tensor/a.ts": 'import "./a.ts";' },
    "packages/tensor/a.ts -> packages/tensor/a.ts",
  );
});

Deno.test("check() rejects the Deno namespace and static imports of node: modules in packages", async () => {
  await assertOneProblem(
    { "packages/gasp/a.ts": "\n\nDeno.exit(0);" },
    "packages/gasp/a.ts:3",
    "Deno namespace",
  );
  await assertOneProblem({ "packages/gasp/a.ts": 'globalThis["Deno"];' }, "Deno namespace");
  await assertOneProblem({ "packages/gasp/a.ts": 'import "node:fs";' }, 'imports "node:fs" statically');
});

Deno.test("check() rejects packages that are not in the table of layers", async () => {
  await assertOneProblem(
    {
      "packages/extra/deno.json": '{"name":"@gasp/extra","exports":"./mod.ts"}',
      "packages/extra/mod.ts": "",
    },
    "packages/extra",
  );
});

Deno.test("cycles() reports each cycle once, without paths that only lead to it", () => {
  const edges = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["b"]], ["d", ["d"]], ["e", ["a", "gone"]]]);
  assertEquals(cycles(edges), [["b", "c", "b"], ["d", "d"]]);
});
