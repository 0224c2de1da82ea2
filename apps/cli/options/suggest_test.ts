/** @module */
import { assertEquals } from "@std/assert";
import { didYouMean, editDistance } from "./suggest.ts";

Deno.test("editDistance() counts insertions, deletions, changes and swaps", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["steps", "steps", 0],
    ["step", "steps", 1],
    ["setps", "steps", 1],
    ["batch", "patch", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [from, to, distance] of cases) {
    assertEquals(editDistance(from, to), distance, `${from} to ${to}`);
    assertEquals(editDistance(to, from), distance, `${to} to ${from}`);
  }
});

Deno.test("didYouMean() suggests the closest word, or none if no word is close", () => {
  assertEquals(didYouMean("--step", ["--seed", "--steps"]), "; did you mean --steps?");
  assertEquals(didYouMean("digit", ["mnist", "digits"]), "; did you mean digits?");
  assertEquals(didYouMean("--wings", ["--seed", "--steps"]), "");
  assertEquals(didYouMean("x", []), "");
});
