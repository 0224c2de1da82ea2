import { assertEquals } from "@std/assert";
import { clashes } from "./public_api.ts";

Deno.test("clashes() finds a name with two declarations", () => {
  const found = clashes([
    { specifier: "@x/a", names: [["sum", "a.ts:1"], ["Mode", "a.ts:9"]] },
    { specifier: "@x/b", names: [["sum", "a.ts:1"], ["Mode", "b.ts:4"]] },
  ]);
  assertEquals(found, ['"Mode" has 2 meanings: @x/a (a.ts:9), @x/b (b.ts:4)']);
});

Deno.test("clashes() accepts a declaration exported by several modules", () => {
  assertEquals(
    clashes([{ specifier: "@x/a", names: [["sum", "a.ts:1"]] }, {
      specifier: "@x/b",
      names: [["sum", "a.ts:1"]],
    }]),
    [],
  );
});
