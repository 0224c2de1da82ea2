/** @module */
import { assertEquals } from "@std/assert";
import { documentedFraction, FULL_SCORE, type PackageFacts, scoreOf } from "./jsr_score.ts";

const declared = (count: number, documented: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `f${i}`,
    kind: "function",
    place: `a.ts:${i}`,
    isDocumented: i < documented,
    hasExample: false,
    category: "",
    summary: "",
  }));

const FULL: PackageFacts = {
  readme: "```ts\n```",
  documentedEntries: [true, true],
  declarations: declared(10, 10),
  hasFastTypes: true,
  hasProvenance: true,
  description: "a description",
  runtimes: ["deno", "node"],
};

function total(facts: Partial<PackageFacts>): number {
  return Object.values(scoreOf({ ...FULL, ...facts })).reduce((sum, points) => sum + points, 0);
}

Deno.test("scoreOf() applies the criteria of the registry", () => {
  assertEquals(total({}), FULL_SCORE + 1);
  assertEquals(total({ readme: undefined }), FULL_SCORE + 1 - 3);
  assertEquals(total({ readme: "no example" }), FULL_SCORE);
  assertEquals(total({ documentedEntries: [false, true] }), FULL_SCORE + 1);
  assertEquals(total({ documentedEntries: [true, false] }), FULL_SCORE);
  assertEquals(total({ hasFastTypes: false }), FULL_SCORE + 1 - 5);
  assertEquals(total({ hasProvenance: false }), FULL_SCORE);
  assertEquals(total({ description: undefined }), FULL_SCORE);
  assertEquals([total({ runtimes: [] }), total({ runtimes: ["deno"] })], [FULL_SCORE - 1, FULL_SCORE]);
});

Deno.test("scoreOf() awards five points for 80 % of the symbols, and proportionally fewer below", () => {
  const points = [10, 8, 7, 4, 0].map((documented) =>
    scoreOf({ ...FULL, declarations: declared(10, documented) }).symbols
  );
  assertEquals(points, [5, 5, 4, 2, 0]);
  assertEquals([documentedFraction([]), documentedFraction(declared(4, 1))], [1, 0.25]);
});
