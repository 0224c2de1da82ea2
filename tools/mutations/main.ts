/**
 * Damaged files of every format that is read: each is read right, or refused by an error of the project with a reason,
 * within a time and a memory limit: `deno task mutations`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { LOCKED } from "../../tests/cli.ts";
import type { Reader } from "./reader.ts";
import { READERS } from "./table.ts";
import type { Counts, Report } from "./trials.ts";

const USAGE = `Usage: deno task mutations [options]

Options:
  --count N       Damaged files a reader (default: 200)
  --only NAME,... Only these readers: ${READERS.map(({ name }) => name).join(", ")}
  --seed S        Seed (default: of the day)
  --trial N       Only that trial, to repeat a failure`;

/** Seconds that a trial may take, beyond the limits of the readers themselves, also where many programs share the machine. */
const SECONDS = 120;

/** Seconds until the first trial: a cold cache of packages is filled. */
const START_SECONDS = 600;

/** Result of a reader. */
export interface Tally {
  /** Name of the reader. */
  readonly name: string;
  /** Files that were read. */
  read: number;
  /** Files that were refused. */
  refused: number;
  /** Longest trial in seconds. */
  longest: number;
  /** Peak memory of a process in bytes. */
  memory: number;
  /** Failed trials. */
  readonly failures: { readonly trial: number; readonly message: string }[];
}

/**
 * Feeds damaged files to a reader, in processes; one that hangs or crashes is replaced.
 *
 * @param reader Reader.
 * @param seed Seed.
 * @param trials Number of the first trial, and of the one after the last.
 * @param seconds Limit of a trial.
 * @param program What the processes run.
 */
export async function attack(
  { name }: Pick<Reader, "name">,
  seed: number,
  [first, end]: readonly [number, number],
  seconds: number = SECONDS,
  program: URL = new URL("./trials.ts", import.meta.url),
): Promise<Tally> {
  const tally: Tally = { name, read: 0, refused: 0, longest: 0, memory: 0, failures: [] };
  for (let next = first; next < end;) {
    next = await oneProcess(tally, seed, [next, end], seconds, program.pathname);
  }
  return tally;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}

/** Runs a process until it ends; returns the number of the next trial. */
async function oneProcess(
  tally: Tally,
  seed: number,
  [first, end]: readonly [number, number],
  seconds: number,
  module: string,
): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      "--no-check",
      ...LOCKED,
      module,
      tally.name,
      String(seed),
      String(first),
      String(end),
    ],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const messages = new Response(process.stderr).text();
  let trial = first - 1, counts: Counts | undefined, isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (seconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLate = true;
      process.kill("SIGKILL");
    }, 1000 * seconds);
  };
  watch(START_SECONDS);
  for await (const line of linesOf(process.stdout)) {
    const report: Report = JSON.parse(line);
    trial = report.begins ?? trial;
    counts = report.counts;
    if (report.failed !== undefined) tally.failures.push(report.failed);
    watch(seconds);
  }
  clearTimeout(timer);
  const { code, signal } = await process.status;
  if (counts !== undefined) {
    tally.read += counts.read;
    tally.refused += counts.refused;
    tally.longest = Math.max(tally.longest, counts.longest);
    tally.memory = Math.max(tally.memory, counts.memory);
  }
  if (code === 0) return trial + 1;
  const reason = isLate
    ? `more than ${seconds} s`
    : `the process ended with ${signal ?? code}: ${(await messages).slice(-2000)}`;
  tally.failures.push({ trial, message: reason });
  if (trial < first) throw new Error(`${tally.name}: the undamaged files cannot be read: ${reason}`);
  return trial + 1;
}

/** Returns the table of results. @param tallies Results. */
export function tableOf(tallies: readonly Tally[]): string {
  const head = ["reader", "read", "refused", "failed", "longest (s)", "memory (MB)"];
  const rows = tallies.map(({ name, read, refused, longest, memory, failures }) => [
    name,
    ...[read, refused, failures.length].map(String),
    longest.toFixed(2),
    (memory / 1e6).toFixed(0),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  return [head, ...rows].map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
  ).join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const { only, count, seed, trial, help } = parseArgs([...args], {
    string: ["only", "count", "seed", "trial"],
    boolean: ["help"],
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const names = only?.split(",") ?? READERS.map(({ name }) => name);
  const unknown = names.find((name) => READERS.every((reader) => reader.name !== name));
  const day = seed === undefined ? 100_000 * Math.floor(Date.now() / 86_400_000) : Number(seed);
  const trials = trial === undefined
    ? [0, Number(count ?? 200)] as const
    : [Number(trial), Number(trial) + 1] as const;
  if (unknown !== undefined || ![day, ...trials].every(Number.isSafeInteger)) throw new Error(USAGE);
  const tallies: Tally[] = [];
  for (const name of names) {
    const tally = await attack({ name }, day, trials);
    tallies.push(tally);
    for (const { trial, message } of tally.failures) {
      console.log(`FAILED --only ${name} --seed ${day} --trial ${trial}: ${message}`);
    }
    console.log(tableOf([tally]).split("\n")[1]);
  }
  console.log(`\n${tableOf(tallies)}`);
  return tallies.every(({ failures }) => failures.length === 0) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
