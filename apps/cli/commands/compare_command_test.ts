/** @module */
import { readComparison } from "@gasp/gasp/compare";
import { openFileStore } from "@gasp/gasp";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { collectPrinted } from "../terminal/output_testing.ts";
import { compareCommand } from "./compare_command.ts";
import { comparisonOf } from "../experiments/compare_request.ts";

const CHOICE = {
  data: undefined,
  preset: undefined,
  resolution: undefined,
  models: undefined,
  seconds: undefined,
  steps: 5,
  seeds: "0,1,2",
};

Deno.test("comparisonOf() finds the preset for the data, and the methods that have it", () => {
  const digits = comparisonOf({ ...CHOICE, data: "digits" });
  assertEquals([digits.preset, digits.data, digits.resolution], ["digits", "mnist", 14]);
  assert(digits.methods.includes("convnp") && !digits.methods.includes("grid"), digits.methods.join());
  assertEquals(comparisonOf({ ...CHOICE, data: "digits", resolution: 28 }).resolution, 28);
  assertEquals(comparisonOf({ ...CHOICE, data: "faces" }).preset, "faces32");
  const own = comparisonOf({
    ...CHOICE,
    data: "cifar.npy",
    preset: "faces32",
    models: "gasp, set",
    seeds: "4",
  });
  assertEquals([own.data, own.methods, own.seeds, own.budget], ["cifar.npy", ["gasp", "set"], [4], {
    steps: 5,
  }]);
});

Deno.test("comparisonOf() refuses what it cannot compare, with a remedy", () => {
  for (
    const [change, message] of [
      [{ data: "pictures" }, "--preset"],
      [{ models: "gasp,grid" }, "methods that have one"],
      [{ steps: undefined }, "--seconds S or --steps N"],
      [{ seconds: 3 }, "one of them"],
      [{ seeds: "1,x" }, "whole numbers"],
    ] as const
  ) assertThrows(() => comparisonOf({ ...CHOICE, ...change }), UsageError, message);
});

Deno.test("compare trains, prints a table, and continues with further seeds", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
  try {
    const run = async (seeds: string) => {
      using printed = collectPrinted();
      const words =
        `--data tiny --models gasp,autodecoder --steps 2 --samples 10 --reference 20 --metrics swd`;
      const device = ["--device", "wasm", "--threads", "1", "--out", folder, "--seeds", seeds];
      assertEquals(await compareCommand.execute([...words.split(" "), ...device]), 0);
      return printed.text;
    };
    const first = await run("0"), second = await run("0,1");
    assert(/\| autodecoder \| 0 +\| 2 /.test(first), first);
    assert(/\| autodecoder \| 0, 1 +\| 2 /.test(second), second);
    assert(
      second.includes("% of the moving average of `gasp`") && !second.includes("average of `autodecoder`"),
    );
    const record = await readComparison(await openFileStore(folder));
    assertEquals(record!.runs.length, 4);
    assertEquals(record!.commands.length, 2);
    assert(record!.machine["cores"] !== undefined);
    const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assertEquals(files, ["comparison.json", "runs", "samples.png", "table.md"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
