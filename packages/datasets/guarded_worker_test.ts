import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { DataError } from "./data_error.ts";
import { parseGuarded } from "./guarded_worker.ts";

const PARSERS = new URL("./guarded_testing.ts", import.meta.url);

Deno.test("parseGuarded() returns what the function does, for a part of a buffer", async () => {
  const bytes = Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4);
  const result = await parseGuarded<unknown>(PARSERS, "double", bytes, { argument: { a: [1] } });
  assertEquals(result, { doubled: Uint8Array.of(2, 4, 6), argument: { a: [1] } });
  assertEquals(bytes, Uint8Array.of(1, 2, 3));
});

Deno.test("parseGuarded() stops a function that never ends", async () => {
  const started = performance.now();
  await assertRejects(
    () => parseGuarded(PARSERS, "hang", new Uint8Array(1), { seconds: 1, name: "loop.nc" }),
    DataError,
    "loop.nc cannot be read: it took more than 1 seconds",
  );
  assertLess(performance.now() - started, 10_000);
});

Deno.test("parseGuarded() turns errors of the function into a DataError", async () => {
  for (
    const [name, message] of [
      ["crash", "the file cannot be read: cannot read properties of undefined. It is damaged"],
      ["refuse", "The file has no fields: give another."],
      ["nothing", "exports no function nothing"],
    ] as const
  ) {
    await assertRejects(() => parseGuarded(PARSERS, name, new Uint8Array(1)), DataError, message);
  }
});
