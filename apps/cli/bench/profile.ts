/**
 * Where the time of a training step goes, kernel by kernel, beside what the device could do at best.
 * @module
 */
import { UserError } from "@gasp/gasp";
import type { KernelDevice } from "@gasp/tensor";
import { costOf, type Kernel, kernelKey, type ProgramProfile, type StepCost } from "@gasp/tensor/compiler";
import { memoryPeakOf, peakOf } from "./peak.ts";
import { Recorder } from "./recorder.ts";
import { median } from "./report.ts";
import { shapeOf } from "./shape_of.ts";
import { prepareStep, type StepRequest } from "./step.ts";

/** Share of a peak from which on a kernel counts as close to it. */
const CLOSE = 0.5;

/** For kernels that belong to no part of the model. */
const UNNAMED = "(unnamed)";
/** What stands before the name of a layer in a scope: gradients, whose step it is, which batch. */
const PASS = /^∇* ?([DG](\/|$))?((real|fake)\/)?/;

/** What the device could do at best, measured in the same run. */
export interface Peaks {
  /** Multiply-adds, in GFLOP/s. */
  readonly gflopPerSecond: number;
  /** Memory, in GB/s. */
  readonly gigabytesPerSecond: number;
}

/** Time and work of some kernels. */
export interface Tally {
  /** How often they ran in a step. */
  readonly count: number;
  /** Median seconds of a step. */
  readonly seconds: number;
  /** Of the step's seconds. */
  readonly share: number;
  readonly gflop: number;
  /** Least bytes to read and write: each region of a buffer once. */
  readonly bytes: number;
}

/** Equal kernels of a step. */
export interface KernelRow extends Tally {
  /** Kind of the kernel: `gemm`, `loop`, ... */
  readonly kind: string;
  /** Operations that it came from. */
  readonly name: string;
  /** Sizes. */
  readonly shape: string;
  readonly gflopPerSecond: number;
  readonly gigabytesPerSecond: number;
  /** Which peak would take longer for this work. */
  readonly bound: "multiply-add" | "memory";
  /** Least seconds at that peak over the seconds taken; more than 1 where caches spare the memory. */
  readonly ofPeak: number;
  /** Parts of the model that it computes. */
  readonly scopes: readonly string[];
}

/** Kernels of one kind, or of one part of the model. */
export interface GroupRow extends Tally {
  /** Which. */
  readonly name: string;
}

/** A profile of a training step. */
export interface StepProfile {
  readonly device: string;
  readonly threads: number;
  /** Profiled steps. */
  readonly steps: number;
  /** Median of whole steps, seen from outside of the device. */
  readonly secondsPerStep: number;
  /** Sum of all kernels. */
  readonly kernelSeconds: number;
  /** The rest, median of a step: barriers, inputs, waiting. */
  readonly outsideSeconds: number;
  readonly peaks: Peaks;
  /** Share of the step's seconds in kernels that reach half of one of the peaks. */
  readonly shareCloseToPeak: number;
  /** Slowest first. */
  readonly kernels: readonly KernelRow[];
  /** By layer: passes forward and back, of all batches, taken together. Kernels of several layers count for the first. */
  readonly byLayer: readonly GroupRow[];
  readonly byScope: readonly GroupRow[];
  readonly byKind: readonly GroupRow[];
}

/** A profile, and what one of its steps looked like in time. */
export interface Profiled {
  readonly report: StepProfile;
  /** The programs of the last step. */
  readonly last: readonly ProgramProfile[];
}

/**
 * Profiles training steps; each kernel counts with its median.
 *
 * @param request Which.
 * @param device Where.
 * @throws {UserError} If the device has no clock.
 */
export async function profileStep(request: StepRequest, device: KernelDevice): Promise<Profiled> {
  const { steps } = request, recorder = new Recorder(device);
  const prepared = await prepareStep(request, recorder);
  await prepared.warm();
  const runs: ProfiledRun[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    const profiles = await recorder.record(prepared.run);
    runs.push({ seconds: (performance.now() - start) / 1000, profiles });
  }
  await prepared.release();
  if (!runs.at(-1)?.profiles.length) {
    throw new UserError(
      `${device.info.name} has no timestamps, which a profile needs: profile on the device wasm`,
    );
  }
  const peaks = { gflopPerSecond: await peakOf(device), gigabytesPerSecond: await memoryPeakOf(device) };
  const { kind, name, threads } = device.info;
  return {
    report: {
      device: `${kind} (${name})`,
      threads,
      steps,
      ...summarise(runs, peaks),
    },
    last: runs.at(-1)!.profiles,
  };
}

/** A training step that was profiled. */
export interface ProfiledRun {
  /** Seen from outside of the device. */
  readonly seconds: number;
  /** The programs that ran. */
  readonly profiles: readonly ProgramProfile[];
}

/** One step of a program, timed. */
interface TimedStep {
  readonly kernel: Kernel;
  readonly scopes: readonly string[];
  readonly cost: StepCost;
  readonly seconds: number;
}

/**
 * Sums up profiles of equal steps.
 *
 * @param runs At least one.
 * @param peaks What the device could do.
 */
export function summarise(
  runs: readonly ProfiledRun[],
  peaks: Peaks,
): Omit<StepProfile, "device" | "threads" | "steps"> {
  const seconds = median(runs.map((run) => run.seconds));
  const times = runs.map(({ profiles }) => profiles.map(stepSeconds));
  const outside = times.map((programs, i) => runs[i]!.seconds - sumOf(programs.flat()));
  const timed = medianSteps(runs[0]!.profiles, times);
  const kernelSeconds = sumOf(timed.map((step) => step.seconds));
  const kernels = grouped(timed, ({ kernel }) => kernelKey(kernel), seconds).map(({ steps, ...tally }) =>
    kernelRow(steps, tally, peaks)
  );
  const groups = (keyOf: (step: TimedStep) => string) =>
    grouped(timed, keyOf, seconds).map(({ steps: [first], ...tally }) => ({ name: keyOf(first!), ...tally }));
  return {
    secondsPerStep: seconds,
    kernelSeconds,
    outsideSeconds: median(outside),
    peaks,
    shareCloseToPeak: kernels.reduce((sum, { ofPeak, share }) => sum + (ofPeak >= CLOSE ? share : 0), 0),
    kernels,
    byLayer: groups(({ scopes: [first = ""] }) => layerOf(first)),
    byScope: groups(({ scopes }) => scopes.join(" + ") || UNNAMED),
    byKind: groups(({ kernel }) => kernel.kind),
  };
}

function layerOf(scope: string): string {
  return scope.replace(PASS, "") || scope || UNNAMED;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The steps of all programs of a training step, each with the median over the runs of its seconds. */
function medianSteps(profiles: readonly ProgramProfile[], seconds: readonly number[][][]): TimedStep[] {
  return profiles.flatMap(({ program }, p) =>
    program.steps.map((step, s): TimedStep => ({
      kernel: step.kernel,
      scopes: step.scopes ?? [],
      cost: costOf(program, step),
      seconds: median(seconds.map((run) => run[p]![s]!)),
    }))
  );
}

/** Seconds of each step of a program, from the first thread that began a part of it to the last that was done. */
function stepSeconds({ program, spans }: ProgramProfile): number[] {
  const parts = new Map<string, { readonly step: number; begin: number; end: number }>();
  for (const { step, part, begin, end } of spans) {
    const key = `${step}|${part}`, known = parts.get(key);
    parts.set(key, {
      step,
      begin: Math.min(begin, known?.begin ?? begin),
      end: Math.max(end, known?.end ?? end),
    });
  }
  const seconds = program.steps.map(() => 0);
  for (const { step, begin, end } of parts.values()) seconds[step]! += (end - begin) / 1000;
  return seconds;
}

/** Steps that share a key, slowest group first. */
function grouped(
  timed: readonly TimedStep[],
  keyOf: (step: TimedStep) => string,
  total: number,
): (Tally & { readonly steps: readonly TimedStep[] })[] {
  const groups = Map.groupBy(timed, keyOf);
  const tallies = [...groups.values()].map((steps) => {
    const sum = (of: (step: TimedStep) => number) => sumOf(steps.map(of));
    const seconds = sum((step) => step.seconds);
    return {
      steps,
      count: steps.length,
      seconds,
      share: seconds / total,
      gflop: sum(({ cost }) => cost.flop) / 1e9,
      bytes: sum(({ cost }) => cost.readBytes + cost.writtenBytes),
    };
  });
  return tallies.sort((a, b) => b.seconds - a.seconds);
}

function kernelRow(steps: readonly TimedStep[], tally: Tally, peaks: Peaks): KernelRow {
  const { kernel } = steps[0]!;
  const { seconds, gflop, bytes } = tally;
  const computing = gflop / peaks.gflopPerSecond, moving = bytes / 1e9 / peaks.gigabytesPerSecond;
  const rate = (work: number) => seconds > 0 ? work / seconds : 0;
  return {
    kind: kernel.kind,
    name: kernel.name,
    shape: shapeOf(kernel),
    ...tally,
    gflopPerSecond: rate(gflop),
    gigabytesPerSecond: rate(bytes / 1e9),
    bound: computing > moving ? "multiply-add" : "memory",
    ofPeak: rate(Math.max(computing, moving)),
    scopes: [...new Set(steps.flatMap(({ scopes }) => scopes))],
  };
}
