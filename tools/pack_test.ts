/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { loadedByValue, mend, packageOf } from "./pack.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What `deno pack` could write. */
function packed(source: string) {
  return new Map([
    [
      "package/package.json",
      bytes('{ "name": "@a/b", "version": "1.0.0", "dependencies": { "three": "^1" } }'),
    ],
    ["package/mod.js", bytes(source)],
    ["package/mod.d.ts", bytes("export declare const x: number;")],
    ["package/stray.ts", bytes("export const x = 1;")],
  ]);
}

const ADDITIONS = { fields: { description: "words" }, files: new Map([["README.md", bytes("# b")]]) };

Deno.test("packageOf() is the name without the path", () => {
  assertEquals(["three", "three/addons/x.js", "@a/b", "@a/b/c"].map(packageOf), [
    "three",
    "three",
    "@a/b",
    "@a/b",
  ]);
});

Deno.test("loadedByValue() finds packages that are named in values", () => {
  const source = 'const a = ["webgpu", "npm:webgpu@^0.6.2"], b = { name: "@c/d", versions: "^9.4.3" };';
  assertEquals(loadedByValue(source), { webgpu: "^0.6.2", "@c/d": "^9.4.3" });
});

Deno.test("mend() adds the packages of the workspace, optional peers, fields and files, and drops sources", () => {
  const source = 'import "@a/c/sub"; import "three"; import "./x.js"; load("npm:webgpu@^1");';
  const { manifest, files } = mend(
    packed(source),
    new Map([["@a/b", "1.0.0"], ["@a/c", "1.2.0"]]),
    ADDITIONS,
  );
  assertEquals(manifest.dependencies, { "@a/c": "^1.2.0", three: "^1" });
  assertEquals(manifest.peerDependencies, { webgpu: "^1" });
  assertEquals([manifest.peerDependenciesMeta, manifest.description], [
    { webgpu: { optional: true } },
    "words",
  ]);
  assertEquals([...files.keys()].toSorted(), [
    "package/README.md",
    "package/mod.d.ts",
    "package/mod.js",
    "package/package.json",
  ]);
});

Deno.test("mend() refuses an import that nothing provides", () => {
  assertThrows(() => mend(packed('import "four";'), new Map(), ADDITIONS), Error, "mod.js imports four");
});
