import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Fault, FAULTS, planted } from "./faults/mod.ts";
import { verdictOf } from "./mutate.ts";

Deno.test("every fault of deno task mutate can be planted, and its tests are there", async () => {
  assert(FAULTS.length >= 40);
  assertEquals(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length, "names");
  for (const fault of FAULTS) {
    const text = await Deno.readTextFile(new URL(`../${fault.file}`, import.meta.url));
    assert(planted(text, fault) !== text, fault.name);
    assert(fault.tests.length > 0, fault.name);
    for (const test of fault.tests) await Deno.stat(new URL(`../${test}`, import.meta.url));
  }
});

Deno.test("planted() changes one place, and refuses text that is not there exactly once", () => {
  const fault: Fault = { name: "sign", what: "", file: "a.ts", find: "a + b", replace: "a - b", tests: [] };
  assertEquals(planted("return a + b;", fault), "return a - b;");
  assertThrows(() => planted("return b + a;", fault), Error, 'sign is stale: "a + b" occurs 0 times in a.ts');
  assertThrows(() => planted("a + b, a + b", fault), Error, "occurs 2 times");
  assertThrows(() => planted("a + b", { ...fault, replace: "a + b" }), Error, "stale");
});

Deno.test("verdictOf() takes only a failing test for a catch", () => {
  const passed = "a ... ok (1ms)\n\nok | 1 passed | 0 failed (2ms)\n";
  assertEquals(verdictOf(true, passed), { state: "SURVIVED" });
  assertEquals(verdictOf(true, "ok | 0 passed | 0 failed | 3 filtered out (2ms)"), {
    state: "BROKEN",
    why: "no test ran",
  });
  const failed =
    "\x1b[0ma ... ok (1ms)\nadd() adds ... \x1b[31mFAILED\x1b[0m (3ms)\n\nFAILED | 1 passed | 1 failed (4ms)\n";
  assertEquals(verdictOf(false, failed), { state: "caught", by: "add() adds" });
  const unloadable =
    "./a_test.ts (uncaught error)\nerror: SyntaxError: x\n\nFAILED | 0 passed | 1 failed (4ms)\n";
  assertEquals(verdictOf(false, unloadable), { state: "BROKEN", why: "./a_test.ts (uncaught error)" });
});
