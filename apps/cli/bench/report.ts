/**
 * Reports and timing of benchmarks.
 * @module
 */
import { type Communicator, soloCommunicator } from "@gasp/tensor";
import process from "node:process";

/** Results common to all benchmarks. Times are in seconds; a multiply-add counts as two operations. */
export interface BenchReport {
  /** Kind and name of the measured device. */
  readonly device: string;
  /** Number of worker threads. */
  readonly threads: number;
  /** Median time of a step; for `gemm`, of all products once. */
  readonly secondsPerStep: number;
  /** Processor time of all threads for a step; exceeds `secondsPerStep` if threads run in parallel. */
  readonly cpuSecondsPerStep: number;
  readonly gflopPerStep: number;
  readonly gflopPerSecond: number;
  /** Peak of multiply-adds of the device, measured in the same run. */
  readonly peakGflopPerSecond: number;
  /** `gflopPerSecond / peakGflopPerSecond` */
  readonly ratio: number;
  /** Bytes of the program as planned before it runs. */
  readonly plannedBytes: number;
  /** Peak resident memory of the process, in bytes. */
  readonly residentBytes: number;
  /** Time to compile the function to a program. */
  readonly compileSeconds: number;
}

/** Times of an action. */
export interface Timing {
  /** Median seconds. */
  readonly seconds: number;
  /** Mean processor seconds of the process. */
  readonly cpuSeconds: number;
}

/**
 * Times an action after a warm-up, in which JavaScript engines optimise their code.
 *
 * @param runs Number of timed runs.
 * @param warmSeconds Duration of the warm-up; at least two runs.
 * @param action Action to time.
 */
export async function time(runs: number, warmSeconds: number, action: () => Promise<void>): Promise<Timing> {
  await warm(warmSeconds, action);
  return await timeRuns(runs, action);
}

/**
 * Times an action without a warm-up.
 *
 * @param runs Number of timed runs.
 * @param action Action to time.
 */
export async function timeRuns(runs: number, action: () => Promise<void>): Promise<Timing> {
  const seconds: number[] = [];
  const cpu = processorSeconds();
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await action();
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds: median(seconds), cpuSeconds: (processorSeconds() - cpu) / runs };
}

/**
 * Runs an action as a warm-up.
 *
 * @param seconds Duration; at least two runs.
 * @param action Action to run.
 * @param communicator Ranks that all run the action, the same number of times. Default: this process alone.
 */
export async function warm(
  seconds: number,
  action: () => Promise<void>,
  communicator: Communicator = soloCommunicator,
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  for (let i = 0; i < 2 || await anyRank(communicator, performance.now() < end); i++) await action();
}

/** Returns whether a condition holds on any rank. */
async function anyRank(communicator: Communicator, holds: boolean): Promise<boolean> {
  const count = Float32Array.of(Number(holds));
  await communicator.allReduce(count);
  return count[0]! > 0;
}

/** Returns the peak resident memory of the process, in bytes. */
export function residentBytes(): number {
  return 1024 * process.resourceUsage().maxRSS;
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Returns the median of numbers.
 *
 * @param values Numbers, at least one.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
