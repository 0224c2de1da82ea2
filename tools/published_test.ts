/** @module */
import { assertEquals } from "@std/assert";
import { tooYoung, unresolved } from "./published.ts";

Deno.test("unresolved() finds imports that need the workspace or an unpublished file", () => {
  const files = new Map([
    [
      "mod.ts",
      `export * from "./a/b.ts"; import { x } from "npm:x@^1"; const y = await import("jsr:@a/y@^2/z");`,
    ],
    ["a/b.ts", `import "../mod.ts";\nimport "node:path";\nimport "three";\nimport "./b_testing.ts";`],
  ]);
  assertEquals(unresolved("p", files), [
    'p/a/b.ts:3: "three" cannot be resolved after publishing',
    'p/a/b.ts:4: "./b_testing.ts" cannot be resolved after publishing',
  ]);
});

Deno.test("tooYoung() finds declarations with using, and nothing in comments or text", () => {
  const files = new Map([
    ["a.ts", "/**\n * using x = y;\n */\nfunction f() {\n  using file = open();\n}\nawait using b = c;\n"],
    ["b.ts", "const using = 1, text = `\n  using x = y`;\n// using x = y\nusing.x = 2;\n"],
  ]);
  assertEquals(tooYoung("p", files).map((line) => line.split(": ")[0]), ["p/a.ts:5", "p/a.ts:7"]);
});
