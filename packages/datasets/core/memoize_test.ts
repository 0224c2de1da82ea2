import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { memoize } from "./memoize.ts";

Deno.test("memoize() computes each result once", () => {
  const keys: number[] = [];
  const double = memoize((key: number) => (keys.push(key), 2 * key));
  assertEquals([double(1), double(2), double(1)], [2, 4, 2]);
  assertEquals(keys, [1, 2]);
  let calls = 0;
  const nothing = memoize((): undefined => void calls++);
  nothing();
  nothing();
  assertEquals(calls, 1);
});

Deno.test("memoize() caches no more results than its capacity", () => {
  let calls = 0;
  const f = memoize((key: number) => (calls++, key), 2);
  for (const key of [1, 2, 3, 3, 1, 2]) assertEquals(f(key), key);
  assertEquals(calls, 4);
});

Deno.test("memoize() does not cache failures, and shares a pending promise", async () => {
  let calls = 0;
  const load = memoize(() =>
    ++calls === 1 ? Promise.reject(new Error("no network")) : Promise.resolve(calls)
  );
  const first = load();
  assertStrictEquals(load(), first);
  await assertRejects(() => first, Error, "no network");
  assertEquals([await load(), await load()], [2, 2]);
  const fails = memoize((): number => {
    if (++calls === 3) throw new Error("once");
    return calls;
  });
  assertThrows(() => fails(), Error, "once");
  assertEquals([fails(), fails()], [4, 4]);
});
