/** @module */
import { assertEquals } from "@std/assert";
import { RunProgress } from "./run_progress.ts";

Deno.test("RunProgress tells the length of a comparison before it, and what is left after each run", () => {
  let time = 0;
  const progress = new RunProgress("processor time of all threads", () => time);
  const done = { method: "gasp", seed: 0, seconds: 30, values: {} }, { values: _, ...stopped } = done;
  assertEquals(
    progress.start({ runs: 3, seconds: 90 }),
    "3 runs to train: about 1m30s of processor time of all threads, besides compilation and evaluation",
  );
  time = 40_000;
  assertEquals(progress.next(done), "; 2 runs left, about 1m20s");
  assertEquals(progress.next(stopped), "");
  time = 60_000;
  assertEquals(progress.next({ ...stopped, failure: "the losses diverged" }), "; 1 run left, about 30s");
  assertEquals(progress.next(done), "");
});

Deno.test("RunProgress knows no length where steps were not measured, or nothing is left", () => {
  const progress = new RunProgress("wall-clock time");
  assertEquals(progress.start({ runs: 1 }), "1 run to train: the time left is shown after the first");
  assertEquals(progress.start({ runs: 0, seconds: 0 }), "all runs are done");
});
