/**
 * Tests of the TypeScript tokeniser.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { imports, tokens, uses } from "./source.ts";

Deno.test("tokens() splits code, comments, text and regular expressions", () => {
  const source = "const a = 1 / 2; // half / one\nconst r = /[\"/]'/.test('\"'); /* ` */";
  assertEquals(
    tokens(source).filter(({ kind }) => kind !== "code").map(({ kind, value, line }) => [kind, value, line]),
    [
      ["comment", "// half / one", 1],
      ["regex", "/[\"/]'/", 2],
      ["text", "'\"'", 2],
      ["comment", "/* ` */", 2],
    ],
  );
});

Deno.test("tokens() handles nested templates", () => {
  const source = "f(`a ${ { b: `c${d}` }.b + '}' } e`) / 2 / g;";
  assertEquals(
    tokens(source).filter(({ kind }) => kind !== "code").map(({ value }) => value),
    ["`a ${", "`c${", "}`", "'}'", "} e`"],
  );
});

Deno.test("tokens() preserves all characters", () => {
  for (const source of ["", "`", "a / b", "'open", "x = `${", "/* open", "return /a/g", "`${a}${b}`"]) {
    assertEquals(tokens(source).map(({ value }) => value).join(""), source);
  }
});

Deno.test("imports() finds every form of import and no other text", () => {
  const source = `import a from "./a.ts";
import type { B } from "./b.ts"; // import "./no.ts"
import {
  c,
} from
  "./c.ts";
export * from './d.ts';
import "./e.ts";
const f = await import("./f.ts");
const g = 'import "./no.ts"', h = Array.from("./no.ts"), i = from("./no.ts"), j = x.import("./no.ts");
const from = 1, k = \`\${from}./no.ts\`;
import json from "./k.json" with { type: "json" };`;
  assertEquals(imports(source).map(({ specifier, dynamic, line }) => [specifier, dynamic, line]), [
    ["./a.ts", false, 1],
    ["./b.ts", false, 2],
    ["./c.ts", false, 6],
    ["./d.ts", false, 7],
    ["./e.ts", false, 8],
    ["./f.ts", true, 9],
    ["./k.json", false, 12],
  ]);
});

Deno.test("uses() finds a name in code and as a key, not in comments and strings", () => {
  const source = `/** Deno */
const a = "run it in Deno.";
Deno.cwd(); const b = isDeno || DenoLike;
globalThis["Deno"];
\`\${typeof
Deno}\`;`;
  assertEquals(uses(source, "Deno"), [3, 4, 6]);
});
