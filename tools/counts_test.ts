/**
 * Tests of the script that sums the counts of test runs in continuous integration.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../.ci/counts.awk", import.meta.url));
const hasAwk = await awk(["BEGIN { exit 0 }"], "").then(() => true, () => false);

async function awk(args: string[], input: string): Promise<{ line: string; code: number }> {
  const child = new Deno.Command("awk", { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout } = await child.output();
  return { line: new TextDecoder().decode(stdout), code };
}

function count(status: number, log: string): Promise<{ line: string; code: number }> {
  return awk(["-v", `status=${status}`, "-f", SCRIPT], log);
}

Deno.test({
  name: "counts.awk sums the runs of a log",
  ignore: !hasAwk,
  async fn() {
    const log =
      "running 2 tests\na ... ok (3ms)\n\nok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)\n\n" +
      "\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed | 2 ignored (1 step) | 4 measured | 5 filtered out \x1b[0m(1s)\n";
    assertEquals(await count(0, log), { line: "15 passed, 0 failed, 3 skipped\n", code: 0 });
  },
});

Deno.test({
  name: "counts.awk counts failures, and exits with an error",
  ignore: !hasAwk,
  async fn() {
    const log = "FAILED | 11 passed | 2 failed (1 step) | 1 ignored (1m2s)\nerror: Test failed\n";
    assertEquals(await count(1, log), { line: "11 passed, 2 failed, 1 skipped\n", code: 1 });
  },
});

Deno.test({
  name: "counts.awk counts a crashed or silent run as one failure",
  ignore: !hasAwk,
  async fn() {
    assertEquals(await count(1, "error: Type checking failed.\n"), {
      line: "0 passed, 1 failed, 0 skipped\n",
      code: 1,
    });
    assertEquals(await count(134, "ok | 5 passed | 0 failed (1s)\nAborted\n"), {
      line: "5 passed, 1 failed, 0 skipped\n",
      code: 1,
    });
    assertEquals(await count(0, ""), { line: "0 passed, 1 failed, 0 skipped\n", code: 1 });
  },
});

Deno.test({
  name: "counts.awk counts the tests of an aborted run, without their steps",
  ignore: !hasAwk,
  async fn() {
    const log = "a ... ok (1ms)\nok | 1 passed | 0 failed (1s)\n" +
      "b ...\n  b1 ... ok (1ms)\nb ... ok (2ms)\nc ... FAILED (1s)\nd ... FAILED (1s)\ne ... ignored (0ms)\nf ...";
    assertEquals(await count(139, log), { line: "2 passed, 2 failed, 1 skipped\n", code: 1 });
  },
});
