/** @module */
import { assertEquals } from "@std/assert";
import { unresolved } from "./published.ts";

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
