/**
 * Tests of the check of the lock file.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { addresses } from "./lockfile.ts";

Deno.test("addresses() finds hosts and absolute paths, not checksums or names", () => {
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
  assertEquals(addresses(lock), [
    "deno.lock:5: names http://mirror.example/a.tgz",
    'deno.lock:9: names "/home/someone/x',
  ]);
});
