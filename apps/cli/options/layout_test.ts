/** @module */
import { assert, assertEquals } from "@std/assert";
import { twoColumns, wrap } from "./layout.ts";

Deno.test("wrap() breaks lines at spaces, but not within words", () => {
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  assertEquals(wrap("a extraordinarily b", 5), ["a", "extraordinarily", "b"]);
  assertEquals(wrap("", 5), [""]);
});

Deno.test("twoColumns() aligns descriptions and puts long terms on a line of their own", () => {
  const long = "x".repeat(40), words = "word ".repeat(30).trim();
  const lines = twoColumns([["--a N", "first"], [long, "second"], ["--b", words]], 80);
  const indent = " ".repeat(32);
  assertEquals(lines.slice(0, 3), [`  --a N${" ".repeat(25)}first`, `  ${long}`, `${indent}second`]);
  assert(lines.slice(3).every((line) => line.length < 80), lines.join("\n"));
  assertEquals(lines.slice(3).map((line) => line.replace("--b", "").trim()).join(" "), words);
});
