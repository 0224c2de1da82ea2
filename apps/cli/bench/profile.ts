/**
 * Profile of a training step by kernel, compared with the peaks of the device.
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

/** Minimum fraction of a peak for a kernel to count as close to it. */
const CLOSE = 0.5;

/** Name of the group of kernels that belong to no part of the model. */
const UNNAMED = "(unnamed)";
/** Prefix of a layer's name in a scope: gradients, network of the step, batch. */
const PASS = /^∇* ?([DG](\/|$))?((real|fake)\/)?/;

/** Peaks of the device, measured in the same run. */
export interface Peaks {
  /** Multiply-adds, in GFLOP/s. */
  readonly gflopPerSecond: number;
  /** Memory bandwidth, in GB/s. */
  readonly gigabytesPerSecond: number;
}

/** Time and work of a group of kernels. */
export interface Tally {
  /** Number of runs in a step. */
  readonly count: number;
  /** Median seconds per step. */
  readonly seconds: number;
  /** Fraction of the step's seconds. */
  readonly share: number;
  readonly gflop: number;
  /** Minimum bytes to read and write: each region of a buffer once. */
  readonly bytes: number;
}

/** Equal kernels of a step. */
export interface KernelRow extends Tally {
  /** Kind of the kernel: `gemm`, `loop`, ... */
  readonly kind: string;
  /** Operations that it was compiled from. */
  readonly name: string;
  /** Sizes. */
  readonly shape: string;
  readonly gflopPerSecond: number;
  readonly gigabytesPerSecond: number;
  /** Peak that bounds the time of this work. */
  readonly bound: "multiply-add" | "memory";
  /** Minimum seconds at that peak divided by measured seconds; above 1 if caches reduce memory traffic. */
  readonly ofPeak: number;
  /** Parts of the model that it computes. */
  readonly scopes: readonly string[];
}

/** Kernels of one kind, or of one part of the model. */
export interface GroupRow extends Tally {
  /** Name of the kind or part. */
  readonly name: string;
}

/** A profile of a training step. */
export interface StepProfile {
  readonly device: string;
  readonly threads: number;
  /** Number of profiled steps. */
  readonly steps: number;
  /** Median time of whole steps, measured on the host. */
  readonly secondsPerStep: number;
  /** Sum over all kernels. */
  readonly kernelSeconds: number;
  /** Median of the remaining time of a step: barriers, inputs, waiting. */
  readonly outsideSeconds: number;
  readonly peaks: Peaks;
  /** Fraction of the step's seconds in kernels that reach half of one of the peaks. */
  readonly shareCloseToPeak: number;
  /** Slowest first. */
  readonly kernels: readonly KernelRow[];
  /** Groups by layer: forward and backward passes of all batches together. Kernels of several layers count for the first. */
  readonly byLayer: readonly GroupRow[];
  readonly byScope: readonly GroupRow[];
  readonly byKind: readonly GroupRow[];
}

/** A profile, and the timeline of one of its steps. */
export interface Profiled {
  readonly report: StepProfile;
  /** The programs of the last step. */
  readonly last: readonly ProgramProfile[];
}

/**
 * Profiles training steps; times of kernels are medians over the steps.
 *
 * @param request Training steps to profile.
 * @param device Measured device.
 * @throws {UserError} If the device has no timestamps.
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
      `${device.info.name} has no timestamps, which profiling requires: use --device wasm`,
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

/** A profiled training step. */
export interface ProfiledRun {
  /** Time measured on the host. */
  readonly seconds: number;
  /** Profiles of its programs. */
  readonly profiles: readonly ProgramProfile[];
}

/** A timed step of a program. */
interface TimedStep {
  readonly kernel: Kernel;
  readonly scopes: readonly string[];
  readonly cost: StepCost;
  readonly seconds: number;
}

/**
 * Summarises profiles of equal steps.
 *
 * @param runs Profiled steps, at least one.
 * @param peaks Peaks of the device.
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

/** Steps of all programs of a training step, each with its median seconds over the runs. */
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

/** Seconds of each step of a program, from the start of its first thread to the end of its last. */
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

/** Groups of steps with the same key, slowest first. */
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
