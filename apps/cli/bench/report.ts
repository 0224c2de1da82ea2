/**
 * What a benchmark reports, and how it is timed.
 * @module
 */
import process from "node:process";

/** Figures that every benchmark has. Times are in seconds; a multiply-add counts as two operations. */
export interface BenchReport {
  /** The device that gave the numbers. */
  readonly device: string;
  /** Worker threads that shared the work. */
  readonly threads: number;
  /** Median time of a step; for `gemm`, of all products once. */
  readonly secondsPerStep: number;
  /** Processor time of all threads for a step; more than the above where threads share the work. */
  readonly cpuSecondsPerStep: number;
  readonly gflopPerStep: number;
  readonly gflopPerSecond: number;
  /** The device's own multiply-add peak, measured in the same run. */
  readonly peakGflopPerSecond: number;
  /** `gflopPerSecond / peakGflopPerSecond` */
  readonly ratio: number;
  /** Bytes that the program needs, known before it ran. */
  readonly plannedBytes: number;
  /** Most bytes that the process has held in memory. */
  readonly residentBytes: number;
  /** Time from the function to a program that can run. */
  readonly compileSeconds: number;
}

/** A timed run. */
export interface Timing {
  /** Median seconds. */
  readonly seconds: number;
  /** Mean processor seconds of the process. */
  readonly cpuSeconds: number;
}

/**
 * Times an action: untimed runs first, since engines compile what they run often, then timed ones.
 *
 * @param runs Timed runs.
 * @param warmSeconds How long to run untimed, at least twice.
 * @param action What to time.
 */
export async function time(runs: number, warmSeconds: number, action: () => Promise<void>): Promise<Timing> {
  await warm(warmSeconds, action);
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
 * Runs an action untimed.
 *
 * @param seconds How long, at least twice.
 * @param action What to run.
 */
export async function warm(seconds: number, action: () => Promise<void>): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  for (let i = 0; i < 2 || performance.now() < end; i++) await action();
}

/** Most bytes that the process has held in memory. */
export function residentBytes(): number {
  return 1024 * process.resourceUsage().maxRSS;
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * The middle of some numbers.
 *
 * @param values At least one.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
