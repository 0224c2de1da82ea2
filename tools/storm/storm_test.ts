/**
 * The storm for as long as `GASP_STORM_MINUTES` says (default: one trial of the quick kinds), and that it notices violations.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Kind, require, StormFailure } from "./kind.ts";
import { KINDS } from "./kinds/mod.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import { checkEnding } from "./program.ts";
import { Random } from "./random.ts";
import { storm, tableOf } from "./storm.ts";

const MINUTES = Number(Deno.env.get("GASP_STORM_MINUTES") ?? 0);
/** Kinds of which a trial takes a second or two. */
const QUICK: readonly string[] = ["checkpoints", "data", "pickles", "paths"];

const kinds = KINDS.filter((kind) =>
  (MINUTES > 0 || QUICK.includes(kind.name)) && kind.missing?.() === undefined
);

Deno.test("the program survives the storm", async () => {
  const failures: string[] = [];
  const seed = 1000 * Math.floor(Date.now() / 86_400_000);
  const limit = MINUTES > 0 ? {} : { trials: 1 };
  const tallies = await storm({
    kinds,
    seed,
    seconds: 60 * MINUTES,
    ...limit,
    report: (line) => failures.push(line),
  });
  assertEquals(failures, [], tableOf(tallies));
  assert(tallies.every(({ tries }) => tries > 0), tableOf(tallies));
});

Deno.test("storm() counts tries and reports failures with the seed that repeats them", async () => {
  const lines: string[] = [];
  const fake: Kind = {
    name: "fake",
    what: "",
    run: ({ random }) => {
      require(random.below(3) > 0, "zero");
      return Promise.resolve(2);
    },
  };
  const run = (seed: number, trials: number) =>
    storm({ kinds: [fake], seed, seconds: Infinity, trials, report: (line) => lines.push(line) });
  const [tally] = await run(0, 30);
  assert(tally && tally.failures.length > 0 && tally.failures.length < 30);
  assertEquals(tally.tries, 2 * (30 - tally.failures.length) + tally.failures.length);
  const { seed } = tally.failures[0]!;
  assert(lines[0]?.startsWith(`FAILED fake --seed ${seed}: zero`));
  assertEquals((await run(seed, 1))[0]?.failures.map((failure) => failure.seed), [seed]);
});

Deno.test("checkEnding() notices faults, crashes, escapes and memory", () => {
  const fine = { code: 0, signal: null, stdout: "done", stderr: "", memory: 1e8 } as const;
  checkEnding(fine);
  checkEnding({ ...fine, code: 1, stderr: "error: there is no such file\n" });
  for (
    const bad of [
      { code: 1, stderr: "unexpected error: x is undefined\nThis is a bug in GASP." },
      { stderr: "==== C stack trace ====" },
      { stderr: "error: x\n    at f (file:///a.ts:1:2)" },
      { signal: "SIGSEGV" as const, code: 139 },
      { stdout: "a\x1b[31mb" },
      { memory: 2e10 },
      { code: 1, stderr: "nothing that says error" },
    ]
  ) assertThrows(() => checkEnding({ ...fine, ...bad }), StormFailure);
});

Deno.test("mutateBytes() and mutateJson() are functions of the seed, and change nearly every input", () => {
  const bytes = Uint8Array.from({ length: 600 }, (_, i) => i % 256), value = { a: 1, b: { c: [1, 2] } };
  const text = (seed: number) =>
    [
      mutateBytes(bytes, new Random(seed)).toString(),
      JSON.stringify(mutateJson(value, new Random(seed))),
    ] as const;
  const before = [bytes.toString(), JSON.stringify(value)] as const;
  const changed = [0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const [first, again] = [text(seed), text(seed)];
    assertEquals(again, first);
    first.forEach((part, i) => part !== before[i] && changed[i]!++);
  }
  assert(changed.every((count) => count > 150), changed.join());
});
