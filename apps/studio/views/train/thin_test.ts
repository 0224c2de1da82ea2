import { assertEquals } from "@std/assert";
import { thin } from "./thin.ts";

Deno.test("thin() averages equal parts, and leaves out parts without a value", () => {
  const lines = [1, 2, 3, 4, 5, 6].map((step) => ({
    step,
    values: { a: 10 * step, ...(step > 4 && { b: step }) },
  }));
  assertEquals(thin(lines, "a", 6).length, 6);
  assertEquals(thin(lines, "a", 3), [{ step: 2, value: 15 }, { step: 4, value: 35 }, { step: 6, value: 55 }]);
  assertEquals(thin(lines, "b", 3), [{ step: 6, value: 5.5 }]);
  assertEquals(thin([], "a", 3), []);
});
