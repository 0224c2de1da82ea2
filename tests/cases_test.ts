/**
 * Files as people have them on their disks, in kinds: the cases that were reported, and at least five others of each kind. The
 * tables are in `tests/cases`; each case runs `data inspect` as a user does.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { CommandHost } from "../tools/storm/command_host.ts";
import { type CaseKind, runCase } from "./cases/case.ts";
import { FIELDS } from "./cases/fields.ts";
import { PICTURES } from "./cases/pictures.ts";
import { SHAPES } from "./cases/shapes.ts";

const KINDS: readonly CaseKind[] = [...FIELDS, ...SHAPES, ...PICTURES];

Deno.test("every reported kind of file has five other cases", () => {
  const numbers = KINDS.map(({ title }) => title.slice(0, 2)).sort();
  assertEquals(numbers, [
    "01",
    "03",
    "04",
    "05",
    "06",
    "08",
    "09",
    "10",
    "13",
    "15",
    "18",
    "20",
    "21",
    "22",
    "27",
  ]);
  for (const { title, reported, others } of KINDS) {
    assert(
      reported.length >= 1 && others.length >= 5,
      `${title}: ${reported.length} and ${others.length} cases`,
    );
  }
});

Deno.test("data inspect reads each case, or refuses it with the cure", async (context) => {
  const host = new CommandHost();
  try {
    for (const { title, reported, others } of KINDS) {
      for (const one of [...reported, ...others]) {
        await context.step(`${title}: ${one.name}`, () => runCase(host, one));
      }
    }
  } finally {
    await host.close();
  }
});
