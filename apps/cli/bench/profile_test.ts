/** @module */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { PRESETS } from "@gasp/gasp";
import { compile, matmul, openDevice, scope, type Tensor, tensor } from "@gasp/tensor";
import type { ProgramProfile } from "@gasp/tensor/compiler";
import { profileTable } from "./profile_table.ts";
import { summarise } from "./profile.ts";
import { Recorder } from "./recorder.ts";
import { prepareStep } from "./step.ts";
import { traceOf } from "./trace.ts";

const PEAKS = { gflopPerSecond: 1, gigabytesPerSecond: 1 };

/** The profile of a program of two equal products, in two scopes, and a third one of another shape. */
async function products(): Promise<ProgramProfile> {
  const device = await openDevice("wasm", { threads: 1 });
  const recorder = new Recorder(device);
  const run = compile((x: Tensor, y: Tensor) => {
    const first = scope("D/real/one", () => matmul(x, y)), second = scope("∇ G/two", () => matmul(first, y));
    return {
      last: second,
      thin: scope("three", () => matmul(second, tensor([[1], [1]]))),
    };
  }, { device: recorder });
  const profiles = await recorder.record(async () => {
    const result = await run(tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8]]));
    result.last.dispose();
    result.thin.dispose();
  });
  run.release();
  await device.close();
  return profiles[0]!;
}

/** The same program with made-up times: each step takes a millisecond more than the one before. */
async function timed(factor: number): Promise<ProgramProfile> {
  const { program } = await products();
  let at = 0;
  const spans = program.steps.flatMap((_, step) => {
    const begin = at, end = at += factor * (step + 1);
    return [0, 1].map((thread) => ({ step, part: 0, thread, begin, end: thread === 0 ? end : begin + 0.5 }));
  });
  return { program, spans };
}

Deno.test("summarise() takes medians, merges equal kernels and compares them with the peaks", async () => {
  const runs = await Promise.all([[2, 0.5], [1, 0.25], [9, 0.75]].map(async ([factor, seconds]) => {
    return { profiles: [await timed(factor!)], seconds: seconds! };
  }));
  const { steps } = runs[0]!.profiles[0]!.program, count = steps.length;
  const total = count * (count + 1) / 1000;
  const summary = summarise(runs, PEAKS);
  assertEquals(summary.secondsPerStep, 0.5);
  assertAlmostEquals(summary.kernelSeconds, total, 1e-9);
  assertAlmostEquals(summary.outsideSeconds, 0.5 - total, 1e-9);
  assertEquals(summary.kernels.reduce((sum, row) => sum + row.count, 0), count);
  const seconds = summary.kernels.map((row) => row.seconds);
  assertEquals(seconds, [...seconds].sort((a, b) => b - a));
  const merged = summary.kernels.find(({ scopes }) => scopes.includes("D/real/one"));
  assertEquals([merged?.count, merged?.kind, merged?.shape], [2, "gemm", "2·2·2"]);
  assertEquals(merged?.scopes, ["D/real/one", "∇ G/two"]);
  assertAlmostEquals(merged!.gflop, 2 * 16e-9, 1e-15);
  assertAlmostEquals(merged!.ofPeak, Math.max(merged!.gflop, merged!.bytes / 1e9) / merged!.seconds, 1e-12);
  const layers = summary.byLayer.map(({ name }) => name);
  assertEquals(["one", "two", "three"].every((name) => layers.includes(name)), true);
  assertEquals(summary.shareCloseToPeak, 0);
  const fast = { gflopPerSecond: 1e-6, gigabytesPerSecond: 1e-6 };
  assertAlmostEquals(summarise(runs, fast).shareCloseToPeak, total / 0.5, 1e-9);
});

Deno.test("profileTable() has a line for each kernel, and the sums last", async () => {
  const summary = summarise([{ profiles: [await timed(1)], seconds: 1 }], PEAKS);
  const text = profileTable({ device: "wasm (test)", threads: 1, steps: 1, ...summary });
  const lines = text.split("\n");
  assertEquals(lines.slice(1, 1 + summary.kernels.length).every((line) => / (gemm|loop) /.test(line)), true);
  assert(lines[1]?.includes(summary.kernels[0]!.scopes[0] ?? ""), lines[1]);
  assertEquals(lines.at(-1), "share of the step in kernels that reach 50 % of one of the peaks: 0.0 %");
});

Deno.test("traceOf() draws each span in the row of its thread, programs one after the other", async () => {
  const profile = await timed(1);
  const info = { kind: "wasm", name: "test", hardware: true, maxBufferBytes: 1, maxMemoryBytes: 1 } as const;
  const trace = traceOf([profile, profile], { ...info, maxKernelBuffers: 1, threads: 2 });
  const spans = trace.traceEvents.filter((event) => event.ph === "X");
  assertEquals(spans.length, 2 * profile.spans.length);
  const names = trace.traceEvents.filter((event) => event.name === "thread_name").map(({ args }) => args);
  assertEquals(names, [{ name: "thread 0" }, { name: "thread 1" }]);
  const [first, again] = [spans[0]!, spans[profile.spans.length]!];
  const end = Math.max(...profile.spans.map((span) => span.end));
  assertEquals([first.ts, again.ts, first.dur], [0, 1000 * end, again.dur]);
});

Deno.test("every kernel of a training step has a scope and a time", async () => {
  const device = await openDevice("wasm", { threads: 2 });
  const recorder = new Recorder(device);
  const preset = PRESETS.digits;
  const step = await prepareStep(
    { config: { ...preset, training: { ...preset.training, batch: 2 } } },
    recorder,
  );
  const [profile, ...others] = await recorder.record(step.run);
  await step.release();
  assertEquals(device.liveBuffers, 0);
  await device.close();
  assertEquals(others, []);
  const { program, spans } = profile!;
  for (const { kernel, scopes } of program.steps) assert(scopes?.length, `${kernel.name} has no scope`);
  assertEquals(new Set(spans.map(({ step }) => step)).size, program.steps.length);
  const layers = summarise([{ profiles: [profile!], seconds: 1 }], PEAKS).byLayer.map(({ name }) => name);
  for (
    const name of [
      "hypernetwork/0",
      "function/1",
      "discriminator/layers.0",
      "discriminator/layers.0/weight net",
    ]
  ) {
    assert(layers.includes(name), `${name} is not among ${layers}`);
  }
});
