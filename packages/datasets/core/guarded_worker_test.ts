import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "./data_error.ts";
import { GuardedParser, parseGuarded } from "./guarded_worker.ts";

const PARSERS = new URL("./guarded_testing.ts", import.meta.url);

Deno.test("parseGuarded() returns the function's result, also for a view of a buffer", async () => {
  const bytes = Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4);
  const result = await parseGuarded<unknown>(PARSERS, "double", bytes, { argument: { a: [1] } });
  assertEquals(result, { doubled: Uint8Array.of(2, 4, 6), argument: { a: [1] } });
  assertEquals(bytes, Uint8Array.of(1, 2, 3));
});

Deno.test("parseGuarded() terminates a function at the time limit", async () => {
  await assertRejects(
    () => parseGuarded(PARSERS, "linger", new Uint8Array(1), { seconds: 1, name: "loop.nc" }),
    DataError,
    "loop.nc cannot be read: it took more than 1 seconds",
  );
});

Deno.test("parseGuarded() lets the program exit after a function that never returns", async () => {
  const module = new URL("./guarded_worker.ts", import.meta.url);
  const program = `import { parseGuarded } from "${module}";
    await parseGuarded("${PARSERS}", "hang", new Uint8Array(1), { seconds: 1 }).catch(() => console.log("refused"));`;
  // Without the exit it would run forever
  const signal = AbortSignal.timeout(600_000);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program], signal })
    .output();
  assertEquals([success, new TextDecoder().decode(stdout)], [true, "refused\n"]);
});

Deno.test("parseGuarded() turns errors of the function into a DataError", async () => {
  for (
    const [name, message] of [
      ["crash", "the file cannot be read: cannot read properties of undefined. It is damaged"],
      ["refuse", "The file has no fields: choose another."],
      ["nothing", "exports no function nothing"],
    ] as const
  ) {
    await assertRejects(() => parseGuarded(PARSERS, name, new Uint8Array(1)), DataError, message);
  }
});

Deno.test("parseGuarded() limits memory in proportion to the file's length", async () => {
  const mebibytes = (count: number) => ({ argument: 16 * count, name: "wide.nc" });
  assertEquals(await parseGuarded(PARSERS, "grow", new Uint8Array(1), mebibytes(60)), 0);
  assertEquals(await parseGuarded(PARSERS, "grow", new Uint8Array(2 ** 15), mebibytes(120)), 0);
  for (const name of ["grow", "growOrIgnore"]) {
    await assertRejects(
      () => parseGuarded(PARSERS, name, new Uint8Array(1), mebibytes(120)),
      DataError,
      "wide.nc cannot be read: it needs more than 65 MiB of memory",
    );
  }
});

Deno.test("GuardedParser reuses its worker, except after a library's error or large memory use", async () => {
  const parser = new GuardedParser(PARSERS);
  const count = (argument: boolean) => parser.call<number>("count", new Uint8Array(1), { argument });
  try {
    assertEquals([await count(false), await count(false)], [1, 2]);
    await assertRejects(() => parser.call("refuse", new Uint8Array(1)), DataError, "choose another");
    assertEquals(await count(false), 3);
    await assertRejects(() => count(true), DataError, "The file is damaged.");
    assertEquals([await count(false), await count(false)], [1, 2]);
    await parser.call("grow", new Uint8Array(2 ** 15), { argument: 16 * 120 });
    assertEquals(await count(false), 1);
    await assertRejects(
      () => parser.call("linger", new Uint8Array(1), { seconds: 1 }),
      DataError,
      "1 seconds",
    );
    assertEquals([await count(false), parser.workers], [1, 4]);
  } finally {
    parser.stop();
  }
});
