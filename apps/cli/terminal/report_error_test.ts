/** @module */
import { DataError } from "@gasp/datasets";
import { ConfigError, UserError } from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { UsageError } from "../options/options.ts";
import { reportError } from "./report_error.ts";

/** What is printed on stderr, and the exit code. */
function report(thrown: unknown, debug = false): [code: number, text: string] {
  const lines: unknown[] = [];
  const original = console.error;
  console.error = (line: unknown) => lines.push(line);
  try {
    const code = reportError(thrown, { command: "train", debug });
    return [code, lines.join("\n")];
  } finally {
    console.error = original;
  }
}

Deno.test("reportError() prints complete messages as they are", () => {
  assertEquals(report(new UserError("no room: try less")), [1, "error: no room: try less"]);
  assertEquals(report(new DataError("data has no images")), [1, "error: data has no images"]);
  const [code, text] = report(new UsageError("unknown option --x"));
  assertEquals(code, 2);
  assertEquals(text, 'error: unknown option --x\nRun "deno task train --help" to see what is allowed.');
});

Deno.test("reportError() says how a field that does not fit the data is changed", () => {
  assertEquals(report(new ConfigError("no colours", "model.featureDim", 3)), [
    1,
    'error: no colours: set it so in a file for --config, {"model":{"featureDim":3}}, or choose other data with --data',
  ]);
});

Deno.test("reportError() hides the trace of unexpected errors and says how to see it", () => {
  const [code, text] = report(new TypeError("x is not a function"));
  assertEquals(code, 1);
  assert(text.startsWith("unexpected error: x is not a function\n"), text);
  assert(text.includes("--debug") && !text.includes(" at "), text);
  assertEquals(report("just text")[1].split("\n")[0], "unexpected error: just text");
});

Deno.test("reportError() shows traces when asked", () => {
  assert(report(new TypeError("x"), true)[1].includes("report_error_test.ts"));
  assert(report(new UserError("x", new Error("behind")), true)[1].includes("Error: behind"));
  assertEquals(report(new UserError("x"), true)[1], "error: x");
});
