import { assertEquals } from "@std/assert";
import { takeRows } from "./take_rows.ts";

Deno.test("takeRows() gathers the same rows of every example", () => {
  const values = Float32Array.from({ length: 12 }, (_, i) => i);
  assertEquals([...takeRows(values, Int32Array.from([2, 0]), 2, 3)], [4, 5, 0, 1, 10, 11, 6, 7]);
});
