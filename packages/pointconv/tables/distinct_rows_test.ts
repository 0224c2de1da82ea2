import { randomIntegers } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { distinctRows } from "./distinct_rows.ts";

Deno.test("distinctRows() returns distinct rows in order of first occurrence", () => {
  const { rows, index, counts } = distinctRows(new Float32Array([1, 2, 3, 4, 1, 2, 3, 5, 3, 4, 1, 2]), 2);
  assertEquals([...rows], [1, 2, 3, 4, 3, 5]);
  assertEquals([...index], [0, 1, 0, 2, 1, 0]);
  assertEquals([...counts], [3, 2, 1]);
});

Deno.test("distinctRows() distinguishes the last bit, but not signed zeros", () => {
  const next = Math.fround(1 + 2 ** -23);
  assertEquals([...distinctRows(new Float32Array([1, next, 1]), 1).index], [0, 1, 0]);
  const { rows, index } = distinctRows(new Float32Array([-0, 0]), 1);
  assertEquals([[...index], Object.is(rows[0], 0)], [[0, 0], true]);
});

Deno.test("distinctRows() agrees with a map of strings on many rows", () => {
  const values = Float32Array.from(
    randomIntegers({ seed: 4, stream: "rows", step: 0 }, 15000, 17),
    (x) => x / 7 - 0.5,
  );
  const seen = new Map<string, number>();
  const expected = Array.from({ length: 5000 }, (_, i) => {
    const key = values.subarray(3 * i, 3 * i + 3).join();
    if (!seen.has(key)) seen.set(key, seen.size);
    return seen.get(key)!;
  });
  const { rows, index, counts } = distinctRows(values, 3);
  assert(seen.size > 2048, `only ${seen.size} rows differ`);
  assertEquals([...index], expected);
  assertEquals([rows.length, counts.reduce((a, b) => a + b)], [3 * seen.size, 5000]);
  assertEquals(distinctRows(new Float32Array(), 3).counts.length, 0);
});
