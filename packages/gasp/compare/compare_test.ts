/** @module */
import { imageDataset } from "@gasp/datasets";
import { openDevice } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { chooseMetrics } from "../metrics/table.ts";
import { resolveRunConfig } from "../runs/run_config.ts";
import { MemoryStore } from "../runs/run_store.ts";
import { phaseSteps, stepsWithin } from "./budget.ts";
import { compare, type CompareRequest } from "./compare.ts";
import { readComparison, requireSameProtocols } from "./record.ts";
import { seedInterval } from "./seed_interval.ts";
import { measureStepSeconds } from "./step_seconds.ts";

const SIDE = 5;

/** Images of soft spots at different positions. */
function spots(count = 40) {
  const pixels = new Uint8Array(count * SIDE ** 2).map((_, i) => {
    const item = Math.floor(i / SIDE ** 2), row = Math.floor(i / SIDE) % SIDE;
    return 255 * Math.exp(-(((row - (item % SIDE)) ** 2 + ((i % SIDE) - item % 3) ** 2) / 2));
  });
  return imageDataset("spots", { count, height: SIDE, width: SIDE, channels: 1, pixels });
}

const data = spots(), device = await openDevice("wasm", { threads: 1 });
globalThis.addEventListener("unload", () => void device.close());

/** A comparison in memory, and how many steps each of its runs was trained in total. */
function comparison(more: Partial<CompareRequest> = {}) {
  const store = new MemoryStore("comparison"), runs = new Map<string, MemoryStore>();
  const openRun = (folder: string) => {
    const found = runs.get(folder) ?? new MemoryStore(folder);
    runs.set(folder, found);
    return found;
  };
  const base: CompareRequest = {
    preset: "tiny",
    methods: ["gasp", "latent-flow"],
    seeds: [0, 1],
    budget: { steps: 4 },
    data,
    resolution: SIDE,
    metrics: chooseMetrics(["swd"], data),
    samples: 20,
    columns: 3,
    device,
    store,
    openRun,
    machine: { cores: "2" },
    command: "deno task compare",
    ...more,
  };
  return { store, runs, run: (change: Partial<CompareRequest> = {}) => compare({ ...base, ...change }) };
}

const textOf = async (store: MemoryStore, path: string) => new TextDecoder().decode(await store.read(path));

Deno.test("compare() trains each method with each seed and writes a record, a table and a sheet", async () => {
  const { store, runs, run } = comparison();
  const { record, finished } = await run();
  assert(finished);
  assertEquals([...runs.keys()].sort(), [
    "runs/gasp-0",
    "runs/gasp-1",
    "runs/latent-flow-0",
    "runs/latent-flow-1",
  ]);
  for (const { values, seconds } of record.runs) {
    assert(
      values!["swd"]!.value > record.floors!["swd"]!.value,
      "four steps are not enough to be as good as real",
    );
    assert(seconds > 0);
  }
  assertEquals(await readComparison(store), JSON.parse(JSON.stringify(record)));
  const table = await textOf(store, "table.md");
  assert(/\| latent-flow \| 0, 1 +\| 2 \+ 2 +\|/.test(table), table);
  assert(table.includes("| real items"), table);
  assert(table.includes("deno task compare"), table);
  assertEquals((await store.read("samples.png"))!.slice(1, 4), new TextEncoder().encode("PNG"));
});

Deno.test("compare() skips what is done and resumes what was interrupted, to the same values", async () => {
  const whole = await comparison().run(), stopped = comparison();
  const stop = new AbortController();
  // Stops within the second run
  let runs = 0;
  const events = {
    onRun: () => void runs++,
    onProgress: (fraction: number) => {
      if (runs === 1 && fraction === 0.5) stop.abort();
    },
  };
  const first = await stopped.run({ signal: stop.signal, events });
  assert(!first.finished);
  assertEquals(first.record.runs.map(({ values }) => values !== undefined), [true, false]);
  assertEquals([...stopped.runs.keys()], ["runs/gasp-0", "runs/latent-flow-0"]);
  const trained: string[] = [];
  const second = await stopped.run({
    events: { onPart: (what) => void (what.startsWith("training") && trained.push(what)) },
  });
  assertEquals(trained, [
    "training latent-flow, seed 0",
    "training gasp, seed 1",
    "training latent-flow, seed 1",
  ]);
  const valuesOf = ({ record }: typeof whole) =>
    record.runs.map(({ method, seed, values }) => [method, seed, values]);
  assertEquals(valuesOf(second), valuesOf(whole));
  // Once more: nothing is left to do but to write a table that was deleted
  stopped.store.files.delete("table.md");
  const third = await stopped.run({ events: { onRun: () => assert(false, "a run was repeated") } });
  assertEquals(third.record.runs, second.record.runs);
  assert((await textOf(stopped.store, "table.md")).includes("| latent-flow |"));
});

Deno.test("compare() tells what it will do before it trains: the runs that are left, and their time if steps were measured", async () => {
  const plans: unknown[] = [], { run, runs } = comparison({ seeds: [0] });
  const events = { onPlan: (plan: unknown) => void plans.push(plan, runs.size) };
  await run({ events });
  await run({ seeds: [0, 1, 2], events });
  // A clock that advances by a second at each look: all phases have steps of the same length
  let time = 0;
  const clocked = comparison({ seeds: [0], budget: { seconds: 30 }, clock: () => time++ });
  const { record } = await clocked.run({ events: { onPlan: (plan) => void plans.push(plan) } });
  const seconds = Object.values(record.methods).reduce(
    (sum, { config, stepSeconds }) =>
      sum + phaseSteps(config).reduce((sum, count, i) => sum + count * stepSeconds![i]!, 0),
    0,
  );
  assertEquals(plans, [{ runs: 2 }, 0, { runs: 4 }, 2, { runs: 2, seconds }]);
});

Deno.test("compare() compares the latest weights if it is asked to, and does not mix them with averages", async () => {
  const { run, store } = comparison({ methods: ["gasp"], seeds: [0] }),
    latest = { weights: "latest" } as const;
  const average = await run(), fresh = comparison({ methods: ["gasp"], seeds: [0], ...latest });
  const { record } = await fresh.run();
  // After four steps the average is still near the initial weights
  assert(record.runs[0]!.values!["swd"]!.value !== average.record.runs[0]!.values!["swd"]!.value);
  assert((await textOf(fresh.store, "table.md")).includes("latest weights"));
  assert(!(await textOf(store, "table.md")).includes("latest weights"));
  await assertRejects(() => run(latest), UserError, "another folder");
  await assertRejects(() => fresh.run({ weights: "ema" }), UserError, "another folder");
});

Deno.test("compare() refuses a folder with another comparison, and a method without the preset", async () => {
  const { run, store } = comparison({ methods: ["gasp"], seeds: [0] });
  await run();
  await assertRejects(() => run({ budget: { steps: 5 } }), UserError, "another folder");
  await assertRejects(() => run({ methods: ["grid"], preset: "digits" }), UserError, "no preset");
  await store.write("comparison.json", new TextEncoder().encode("{"));
  await assertRejects(() => run(), UserError, "not valid JSON");
});

Deno.test("compare() chooses the steps of a budget in seconds by the clock, once", async () => {
  // A clock that advances by a second at each look: a step of each phase costs nothing but the looks around it
  let time = 0;
  const { run } = comparison({ seeds: [0], budget: { seconds: 30 }, clock: () => time++ });
  const { record } = await run();
  for (const [name, { stepSeconds, config }] of Object.entries(record.methods)) {
    assertEquals(config.steps, stepsWithin(30, config, stepSeconds!), name);
    const spent = phaseSteps(config).reduce((sum, count, i) => sum + count * stepSeconds![i]!, 0);
    assert(spent <= 30 && spent > 25, `${name}: ${spent}`);
  }
  time += 1e6;
  assertEquals((await run({ seeds: [0, 1] })).record.methods, record.methods);
});

Deno.test("compare() records why a run could not be trained, and tries again when it is called again", async () => {
  const { run, store } = comparison({ methods: ["gasp"], seeds: [0, 1] });
  const broken = {
    ...data,
    batch: (indices: ArrayLike<number>) => data.batch(indices).then((x) => x.fill(NaN)),
  };
  const { record, finished } = await run({ data: broken });
  assert(finished);
  assertEquals(record.runs.map(({ values }) => values), [undefined, undefined]);
  assert(record.runs.every(({ failure }) => failure!.includes("diverged")));
  assert((await textOf(store, "table.md")).includes("Not trained: `gasp`, seed 1: "));
  const again = await run();
  assert(again.record.runs.every(({ failure, values }) => failure === undefined && values !== undefined));
});

Deno.test("requireSameProtocols() refuses values that were computed otherwise", () => {
  const lines = ["fid: weights a", "swd: projections 256"];
  requireSameProtocols(undefined, lines, "c");
  requireSameProtocols(lines, lines, "c");
  const other = ["fid: weights b", "swd: projections 256"];
  assertThrows(
    () => requireSameProtocols(lines, other, "c"),
    UserError,
    'c contains values that were computed otherwise ("fid: weights a")',
  );
});

Deno.test("measureStepSeconds() measures each phase", async () => {
  let steps = 0;
  const config = resolveRunConfig({ preset: "tiny", method: "latent-flow" });
  const times = await measureStepSeconds({ config, data, device, clock: () => 2 * steps++, seconds: 6 });
  // The clock is read before the first step and after each
  assertEquals(times, [2, 2]);
});

Deno.test("seedInterval() is that of Student's t distribution", () => {
  const of = (value: number) => ({ value, low: value - 9, high: value + 9 });
  // scipy.stats.t.interval(0.95, n - 1, loc=mean, scale=sem)
  for (
    const [values, half] of [[[1, 2, 3], 2.484138], [[1, 5], 25.412409], [[4, 1, 2, 8, 5], 3.400437]] as const
  ) {
    const { value, low, high } = seedInterval(values.map(of));
    assertAlmostEquals(value, values.reduce((sum: number, x) => sum + x, 0) / values.length, 1e-12);
    assertAlmostEquals((high - low) / 2, half, 2e-4 * half);
  }
  assertEquals(seedInterval([of(3)]), of(3));
});

Deno.test("stepsWithin() refuses budgets that are too short for one step of each phase", () => {
  const config = resolveRunConfig({ preset: "tiny", method: "latent-flow" });
  assertEquals(stepsWithin(3, config, [1, 2]), 2);
  assertThrows(() => stepsWithin(2.9, config, [1, 2]), UserError, "larger budget");
  assertEquals(stepsWithin(10, resolveRunConfig({ preset: "tiny" }), [0.5]), 20);
});
