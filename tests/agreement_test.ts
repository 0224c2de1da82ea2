/**
 * Readers agree with independent ones in Python, on a part of the files that the scripts in `tools/agreement` compare. Ignored,
 * with the packages that are missing, where Python does not have them.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  agree,
  type Agreement,
  type Entry,
  largestDifference,
  missingFor,
} from "../tools/agreement/agreement.ts";
import { ARCHIVES } from "../tools/agreement/archives.ts";
import { ARRAYS } from "../tools/agreement/arrays.ts";
import { FIELDS } from "../tools/agreement/fields.ts";
import { PICTURES } from "../tools/agreement/pictures.ts";
import { SHAPES } from "../tools/agreement/shapes.ts";
import { SOUNDS } from "../tools/agreement/sounds.ts";
import { TABLES } from "../tools/agreement/tables.ts";
import { TENSORS } from "../tools/agreement/tensors.ts";

/** Comparisons, and of how many files one is compared. */
const COMPARISONS: readonly (readonly [agreement: Agreement<never>, every: number])[] = [
  [ARCHIVES, 3],
  [ARRAYS, 12],
  [FIELDS, 9],
  [PICTURES, 9],
  [SHAPES, 7],
  [SOUNDS, 7],
  [TABLES, 7],
  [TENSORS, 4],
];

for (const [agreement, every] of COMPARISONS) {
  const missing = await missingFor(agreement);
  Deno.test({
    name: `${agreement.what} are read as by other programs${missing === undefined ? "" : `: ${missing}`}`,
    ignore: missing !== undefined,
    async fn() {
      const outcome = await agree(agreement, every), groups = "groups" in outcome ? outcome.groups : [];
      assert(groups.length > 1);
      for (const { name, files, failures } of groups) assertEquals([failures, files > 0], [[], true], name);
    },
  });
}

Deno.test("agree() counts files that differ, and names modules that are missing", async () => {
  const broken = (difference: number): Agreement => ({
    ...(ARCHIVES as Agreement<Entry>),
    compare: () => Promise.resolve(difference),
  });
  const outcome = await agree(broken(3), 10);
  assert("groups" in outcome);
  for (const { files, equal, worst, failures } of outcome.groups) {
    assertEquals([equal, worst, failures.length], [0, 3, files]);
    assertStringIncludes(failures[0]!, "differ by up to 3");
  }
  const absent = await agree({ ...broken(0), modules: ["no_such_module"], packages: ["python3-no-such"] });
  assertStringIncludes("missing" in absent ? absent.missing : "", "python3-no-such");
});

Deno.test("largestDifference() treats NaN as equal to NaN only", () => {
  assertEquals(largestDifference([1, NaN, 3n], [1, NaN, 3]), 0);
  assertEquals(largestDifference([1, NaN], [1, 2]), Infinity);
  assertEquals(largestDifference([1, 2], [1, NaN]), Infinity);
  assertEquals([largestDifference([9], [10]), largestDifference([9], [10], true)], [1, 0.1]);
  assertThrows(() => largestDifference([1], [1, 2]), Error, "1 numbers, expected 2");
});
