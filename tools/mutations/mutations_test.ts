/**
 * Some damaged files for every reader (`GASP_FUZZ` says how many), and that failures of all kinds are noticed.
 *
 * @module
 */
import { DataError } from "@gasp/datasets";
import { FileFormatError } from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fuzzRounds } from "../../packages/datasets/core/mutations_testing.ts";
import { attack, tableOf } from "./main.ts";
import { check, type Files, type Reader, WrongResult } from "./reader.ts";
import { READERS } from "./table.ts";
import { faultOf, type Report, runTrials } from "./trials.ts";

/** Readers whose damaged files may end a worker, which takes a second. */
const SLOW = ["gif", "tif", "gltf-draco"];

/** Readers of frames that decoders find again behind damage, as players do. */
const LENIENT = ["mp3"];

/** Trials of a reader, in this process. */
async function reports(reader: Reader, count: number): Promise<readonly Report[]> {
  const lines: Report[] = [];
  await runTrials(reader, 1, [0, count], (line) => lines.push({ ...line, counts: { ...line.counts } }));
  return lines;
}

for (const reader of READERS) {
  Deno.test(`${reader.name} files that are damaged are read right or refused`, async () => {
    const count = fuzzRounds(SLOW.includes(reader.name) ? 8 : 40), lines = await reports(reader, count);
    assertEquals(lines.flatMap(({ failed }) => failed ?? []), []);
    const { read, refused } = lines.at(-1)!.counts;
    assertEquals(read + refused, count);
    const least = LENIENT.includes(reader.name) ? 0 : count / 8;
    assert(refused > least, `${read} read, ${refused} refused`);
  });
}

const original: Files = { "a.x": new Uint8Array(50) };

/** A reader of files of zeros that does something with others. */
function fake(react: (bytes: Uint8Array) => void, refusals?: Reader["refusals"]): Reader {
  return {
    name: "fake",
    ...(refusals && { refusals }),
    originals: () => Promise.resolve([original]),
    read: async ({ "a.x": bytes }) => {
      await Promise.resolve();
      if (bytes!.length !== 50 || bytes!.some((byte) => byte !== 0)) react(bytes!);
    },
  };
}

Deno.test("runTrials() counts, and reports errors that are no refusals", async () => {
  const refusing = await reports(
    fake(() => {
      throw new DataError("a.x is damaged: download it again.");
    }),
    20,
  );
  assertEquals(refusing.some(({ failed }) => failed !== undefined), false);
  assert(refusing.at(-1)!.counts.refused > 5);
  for (
    const error of [new TypeError("x is undefined"), new WrongResult("another picture"), new DataError("")]
  ) {
    const lines = await reports(
      fake(() => {
        throw error;
      }),
      20,
    );
    const failures = lines.flatMap(({ failed }) => failed ?? []);
    assert(failures.length > 5);
    assertStringIncludes(failures[0]!.message, error.message);
  }
  await assertRejects(
    () => reports({ ...fake(() => {}), read: () => Promise.reject(new DataError("never")) }, 1),
    DataError,
  );
});

Deno.test("faultOf() accepts the refusals of a reader only", () => {
  const error = new FileFormatError("the file is truncated");
  assertEquals(faultOf(error, { refusals: [FileFormatError] }), undefined);
  assertStringIncludes(faultOf(error, {})!, "truncated");
  check(true, "holds");
});

Deno.test("attack() replaces processes that hang, crash or fill the memory", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = new URL(`file://${folder}/program.ts`);
    await Deno.writeTextFile(
      program,
      `const [, , first, end] = Deno.args.map(Number);
      const counts = { read: 0, refused: 0, longest: 1, memory: 5e6 };
      for (let begins = first; begins < end; begins++) {
        console.log(JSON.stringify({ begins, counts }));
        if (begins === 2) for (;;);
        if (begins === 4) Deno.exit(3);
        counts.read++;
        if (begins === 6) {
          console.log(JSON.stringify({ failed: { trial: 6, message: "the process has much" }, counts }));
          Deno.exit(0);
        }
      }
      console.log(JSON.stringify({ counts }));`,
    );
    const tally = await attack({ name: "fake" }, 1, [0, 9], 10, program);
    assertEquals(tally.failures.map(({ trial }) => trial), [2, 4, 6]);
    assertStringIncludes(tally.failures[0]!.message, "more than 10 s");
    assertStringIncludes(tally.failures[1]!.message, "ended with 3");
    assertEquals(tally.read, 7);
    assertStringIncludes(tableOf([tally]), "fake       7        0       3         1.00            5");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
