/**
 * Tests of the lock file checks.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { addresses, unlocked, unlockedTasks } from "./lockfile.ts";

Deno.test("addresses() finds URLs and absolute paths, not checksums or names", () => {
  const lock = `{
  "npm": {
    "@a/b@1.0.0": {
      "integrity": "sha512-lgiI4//bg==",
      "tarball": "http://mirror.example/a.tgz"
    }
  },
  "links": { "jsr:@std/cli@1.0.28": {} },
  "other": "/home/someone/x"
}`;
  assertEquals(addresses(lock, "x.lock"), [
    'x.lock:5: has http://mirror.example/a.tgz; remove the "tarball" lines',
    'x.lock:9: has "/home/someone/x; remove the "tarball" lines',
  ]);
});

Deno.test("unlocked() finds packages without a version", () => {
  const lock = {
    specifiers: { "npm:a@1": "1.2.3" },
    workspace: { dependencies: ["jsr:@std/cli@1", "npm:a@1", "npm:b@^2.0.1"] },
  };
  assertEquals(unlocked(lock), ["deno.lock: has no version of npm:b@^2.0.1: run deno task lock"]);
});

Deno.test("unlockedTasks() finds commands without a lock file", () => {
  const tasks = {
    good: { command: "deno run -R --lock=deno.lock --frozen a.ts && deno test --lock=b/deno.lock --frozen" },
    none: { command: "deno run a.ts" },
    thawed: { command: "deno run --lock=deno.lock --frozen=false a.ts" },
    lock: { command: "deno install --lock=deno.lock --frozen=false" },
    second: { command: "deno run --lock=deno.lock --frozen a.ts && deno run b.ts" },
  };
  assertEquals(
    unlockedTasks(tasks),
    ["none", "thawed", "second"].map((name) => {
      return `deno.json: the task ${name} lacks --lock=deno.lock --frozen`;
    }),
  );
});
