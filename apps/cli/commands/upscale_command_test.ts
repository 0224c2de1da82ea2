/** @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ON_REFERENCE, withTinyRun } from "./explore_commands_testing.ts";
import { UsageError } from "../options/options.ts";
import { upscaleCommand } from "./upscale_command.ts";

Deno.test("upscale writes a sheet, and rejects factors that are not whole numbers", () =>
  withTinyRun(async (run, folder) => {
    const out = `${folder}/sheet.png`, args = [run, "--count", "2", "--out", out, ...ON_REFERENCE];
    assertEquals(await upscaleCommand.execute([...args, "--factors", "2,3"]), 0);
    assert((await Deno.stat(out)).size > 0);
    for (const factors of ["2,1.5", "1", "2,,4", "100"]) {
      await assertRejects(
        () => upscaleCommand.execute([...args, "--factors", factors]),
        UsageError,
        `from 2 to 64, separated by commas; got "${factors}"`,
      );
    }
  }));
