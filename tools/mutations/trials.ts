/**
 * Feeds damaged files to one reader, in a process of its own, which the parent can kill: `trials.ts READER SEED FIRST COUNT`.
 * Prints a line of JSON for each trial that begins or fails, and one at the end.
 *
 * @module
 */
import { limitMemory } from "@gasp/tensor";
import { mutateBytes } from "../storm/mutate.ts";
import { residentMemory } from "../storm/program.ts";
import { Random } from "../storm/random.ts";
import { type Files, type Reader, REFUSALS } from "./reader.ts";
import { READERS } from "./table.ts";

/** What a process reports. */
export interface Report {
  /** Number of the trial that begins. */
  readonly begins?: number;
  /** A failed trial and why. */
  readonly failed?: { readonly trial: number; readonly message: string };
  /** Counts so far. */
  readonly counts: Counts;
}

/** Counts of trials. */
export interface Counts {
  /** Files that were read. */
  read: number;
  /** Files that were refused. */
  refused: number;
  /** Longest trial in seconds. */
  longest: number;
  /** Peak of the process's memory in bytes; 0 if unknown. */
  memory: number;
}

/** The memory budget of the readers. */
const BUDGET = 2 ** 29;

/** Bytes that a process may have at its peak: the budget, what the readers' code needs, and garbage. */
const MOST_MEMORY = 2 ** 30 + 2 ** 29;

/** Damages one of the files. */
function damaged(files: Files, random: Random): Files {
  const name = random.pick(Object.keys(files));
  return { ...files, [name]: mutateBytes(files[name]!, random) };
}

/**
 * Returns why an outcome is a failure; `undefined` for a refusal.
 *
 * @param error What the reader threw.
 * @param reader Reader.
 */
export function faultOf(
  error: unknown,
  { refusals = REFUSALS }: Pick<Reader, "refusals">,
): string | undefined {
  if (!refusals.some((refusal) => error instanceof refusal)) {
    return error instanceof Error ? error.stack ?? error.message : String(error);
  }
  const { message } = error as Error;
  return message.trim().length < 10 ? `a refusal without a reason: "${message}"` : undefined;
}

/**
 * Runs trials.
 *
 * @param reader Reader.
 * @param seed Seed; trial N draws from seed + N.
 * @param trials Number of the first trial, and of the one after the last.
 * @param report Receives lines.
 * @param mostMemory Bytes that the process may have at its peak. Default: any number, as in a process that does other work.
 */
export async function runTrials(
  reader: Reader,
  seed: number,
  [first, end]: readonly [number, number],
  report: (line: Report) => void,
  mostMemory = Infinity,
): Promise<void> {
  using _limit = limitMemory(BUDGET);
  const originals = await reader.originals();
  for (const original of originals) await reader.read(original, original);
  const counts: Counts = { read: 0, refused: 0, longest: 0, memory: 0 };
  for (let trial = first; trial < end; trial++) {
    report({ begins: trial, counts });
    const random = new Random(seed + trial), original = random.pick(originals), began = performance.now();
    let message: string | undefined;
    try {
      await reader.read(damaged(original, random), original);
      counts.read++;
    } catch (error) {
      message = faultOf(error, reader);
      if (message === undefined) counts.refused++;
    }
    counts.longest = Math.max(counts.longest, (performance.now() - began) / 1000);
    counts.memory = residentMemory(Deno.pid);
    if (counts.memory > mostMemory) message = `the process has ${counts.memory} bytes`;
    if (message !== undefined) report({ failed: { trial, message }, counts });
    // The next process begins anew.
    if (counts.memory > mostMemory) return;
  }
  report({ counts });
}

if (import.meta.main) {
  const [name, seed, first, end] = Deno.args;
  const reader = READERS.find((one) => one.name === name);
  if (reader === undefined) throw new Error(`no reader is called ${name}`);
  const encoder = new TextEncoder();
  const print = (line: Report) => Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(line)}\n`));
  await runTrials(reader, Number(seed), [Number(first), Number(end)], print, MOST_MEMORY);
  Deno.exit(0);
}
