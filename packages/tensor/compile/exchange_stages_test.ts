import { assertEquals, assertRejects } from "@std/assert";
import { runStages, stagesOfRun } from "./exchange_stages.ts";

/** A kernel or an exchange of some buffers; the last buffers of an exchange are its result and the token. */
const kernel = (...buffers: number[]) => ({ isExchange: false, buffers });
const exchange = (...buffers: number[]) => ({ isExchange: true, buffers: [...buffers, 99] });

Deno.test("stagesOfRun() is one stage for a program without exchanges", () => {
  assertEquals(stagesOfRun([kernel(0), kernel(1)]), [{ kind: "run", begin: 0, end: 2 }]);
  assertEquals(stagesOfRun([]), []);
});

Deno.test("stagesOfRun() goes on with what does not use the values of an exchange", () => {
  assertEquals(stagesOfRun([kernel(0), exchange(0), kernel(1), kernel(2), kernel(0, 2), kernel(3)]), [
    { kind: "run", begin: 0, end: 1 },
    { kind: "start", item: 1 },
    { kind: "run", begin: 2, end: 4 },
    { kind: "finish", item: 1 },
    { kind: "run", begin: 4, end: 6 },
  ]);
});

Deno.test("stagesOfRun() lets kernels read and overwrite what an exchange has sent", () => {
  assertEquals(stagesOfRun([exchange(0, 1), kernel(0), kernel(1)]), [
    { kind: "start", item: 0 },
    { kind: "run", begin: 1, end: 2 },
    { kind: "finish", item: 0 },
    { kind: "run", begin: 2, end: 3 },
  ]);
});

Deno.test("stagesOfRun() has several exchanges under way, and ends them with the run", () => {
  assertEquals(stagesOfRun([exchange(0), exchange(1), kernel(1), exchange(1, 2)]), [
    { kind: "start", item: 0 },
    { kind: "start", item: 1 },
    { kind: "finish", item: 1 },
    { kind: "run", begin: 2, end: 3 },
    { kind: "start", item: 3 },
    { kind: "finish", item: 0 },
    { kind: "finish", item: 3 },
  ]);
});

Deno.test("runStages() starts exchanges in order, and waits for them when a stage fails", async () => {
  const stages = stagesOfRun([exchange(0), kernel(1), exchange(2), kernel(3)]);
  const events: string[] = [], ends: (() => void)[] = [];
  const runner = (fails: boolean) => ({
    run(begin: number) {
      events.push(`run ${begin}`);
      if (fails && begin === 3) throw new Error("out of memory");
      if (begin === 3) ends.forEach((end) => end());
    },
    start(item: number) {
      events.push(`start ${item}`);
      return new Promise<void>((resolve) => void ends.push(() => (events.push(`end ${item}`), resolve())));
    },
  });
  await runStages(stages, runner(false));
  assertEquals(events.splice(0), ["start 0", "run 1", "start 2", "run 3", "end 0", "end 2"]);
  ends.length = 0;
  const failed = runStages(stages, runner(true)).then(() => {}, (error) => {
    events.push("failed");
    throw error;
  });
  failed.catch(() => {});
  await Promise.resolve();
  ends.forEach((end) => end());
  await assertRejects(() => failed, Error, "out of memory");
  assertEquals(events, ["start 0", "run 1", "start 2", "run 3", "end 0", "end 2", "failed"]);
});
