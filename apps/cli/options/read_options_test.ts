/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions, UsageError } from "./options.ts";
import { READ_OPTIONS, readOptionsOf, showReadOptions } from "./read_options.ts";

const read = (...args: string[]) => readOptionsOf(parseOptions(READ_OPTIONS, args).values);

Deno.test("readOptionsOf() returns what is named, and shows it as it was written", () => {
  assertEquals(read(), undefined);
  const words = [
    "--variable",
    "u10, v10",
    "--select",
    "plev=500,expver=1",
    "--gaps",
    "points",
    "--rate",
    "8000",
  ];
  const options = read(...words, "--cut", "pieces");
  assertEquals(options, {
    variable: ["u10", "v10"],
    select: ["plev=500", "expver=1"],
    gaps: "points",
    rate: 8000,
    cut: "pieces",
  });
  assertEquals(
    showReadOptions(options),
    "--variable u10,v10 --select plev=500,expver=1 --gaps points --rate 8000 --cut pieces",
  );
  assertEquals(showReadOptions(undefined), "");
});

Deno.test("readOptionsOf() refuses other forms", () => {
  for (
    const [words, message] of [
      [["--variable", "u10,"], "--variable has an empty name"],
      [["--select", "plev"], "--select must be AXIS=VALUE"],
      [["--select", "=5"], "--select must be AXIS=VALUE"],
      [["--gaps", "fill"], "--gaps must be one of refuse, points"],
      [["--rate", "0"], "--rate must be a whole number"],
    ] as const
  ) {
    assertThrows(() => read(...words), UsageError, message);
  }
});
