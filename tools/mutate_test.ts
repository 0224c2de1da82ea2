import { assert, assertEquals, assertThrows } from "@std/assert";
import { FUZZ_FAULTS } from "./faults/fuzz.ts";
import { type Fault, FAULTS, planted } from "./faults/mod.ts";
import { verdictOf } from "./mutate.ts";

const at = (path: string) => new URL(`../${path}`, import.meta.url);
const exists = (path: string) => Deno.stat(at(path)).then(() => true, () => false);

function isPlantable(text: string, fault: Fault): boolean {
  try {
    return planted(text, fault) !== text;
  } catch {
    return false;
  }
}

Deno.test("every fault can be planted, and its tests are there", async () => {
  assert(FAULTS.length >= 40 && FUZZ_FAULTS.length === 20);
  const all = [...FAULTS, ...FUZZ_FAULTS];
  assertEquals(new Set(all.map(({ name }) => name)).size, all.length, "names");
  const problems: string[] = [];
  for (const fault of all) {
    const missing = fault.tests.length === 0 ? ["tests"] : [];
    for (const path of [fault.file, ...fault.tests]) {
      if (!await exists(path)) missing.push(path);
    }
    if (missing.length > 0) problems.push(`the fault ${fault.name} has no ${missing.join()}`);
    else if (!isPlantable(await Deno.readTextFile(at(fault.file)), fault)) {
      problems.push(`${fault.name} is stale`);
    }
  }
  assertEquals(problems, []);
});

Deno.test("planted() changes one place, and rejects text that does not occur exactly once", () => {
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
