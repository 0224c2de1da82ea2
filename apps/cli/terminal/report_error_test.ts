/** @module */
import { DataError } from "@gasp/datasets";
import { UserError } from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { printedBy } from "./output_testing.ts";
import { reportError, ResumableError } from "./report_error.ts";

/** What is printed on stderr, and the exit code. */
async function report(thrown: unknown, debug = false): Promise<[code: number, text: string]> {
  let code = 0;
  const text = await printedBy(() => code = reportError(thrown, { command: "train", debug }));
  return [code, text];
}

Deno.test("reportError() prints complete messages as they are", async () => {
  assertEquals(await report(new UserError("no room: try less")), [1, "error: no room: try less"]);
  assertEquals(await report(new DataError("data has no images")), [1, "error: data has no images"]);
  const [code, text] = await report(new UsageError("unknown option --x"));
  assertEquals(code, 2);
  assertEquals(text, 'error: unknown option --x\nRun "deno task train --help" to see what is allowed.');
});

Deno.test("reportError() hides the trace of unexpected errors and says how to see it", async () => {
  const [code, text] = await report(new TypeError("x is not a function"));
  assertEquals(code, 1);
  assert(text.startsWith("unexpected error: x is not a function\n"), text);
  assert(text.includes("--debug") && !text.includes(" at "), text);
  assertEquals((await report("just text"))[1].split("\n")[0], "unexpected error: just text");
});

Deno.test("reportError() shows traces when asked", async () => {
  assert((await report(new TypeError("x"), true))[1].includes("report_error_test.ts"));
  assert((await report(new UserError("x", new Error("behind")), true))[1].includes("Error: behind"));
  assertEquals((await report(new UserError("x"), true))[1], "error: x");
});

Deno.test("reportError() ends with the command that goes on, where there is one", async () => {
  const go = "deno task train --resume runs/digits-1";
  assertEquals(await report(new ResumableError(new UserError("the device is lost"), go)), [
    1,
    `error: the device is lost\ngo on with: ${go}`,
  ]);
  for (const debug of [false, true]) {
    const [code, text] = await report(new ResumableError(new TypeError("x"), go), debug);
    assertEquals([code, text.split("\n")[0], text.split("\n").at(-1)], [
      1,
      "unexpected error: x",
      `go on with: ${go}`,
    ]);
  }
});
