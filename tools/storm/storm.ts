/**
 * The storm: everything that can happen to a program from outside, again and again, with random numbers: `deno task storm`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { CommandHost } from "./command_host.ts";
import { type Kind, StormFailure } from "./kind.ts";
import { KINDS } from "./kinds/mod.ts";
import { Random } from "./random.ts";

const USAGE = `Usage: deno task storm [options]

Options:
  --minutes N     Time to spend (default: GASP_STORM_MINUTES, or 5; unlimited with --tries)
  --tries N       Stop a kind after this many kills, signals or inputs (default: unlimited)
  --only KIND,... Only these kinds: ${KINDS.map(({ name }) => name).join(", ")}
  --seed S        Seed of the first trial (default: of the day); a failure names the seed that repeats it
  --once          Only the trial of that seed, for each kind`;

/** Result of a kind. */
interface Tally {
  readonly kind: Kind;
  trials: number;
  tries: number;
  longest: number;
  readonly failures: { readonly seed: number; readonly message: string }[];
}

/** Options of {@link storm}. */
export interface StormOptions {
  readonly kinds: readonly Kind[];
  /** Seed of the first trial. */
  readonly seed: number;
  /** Time to spend in seconds; each kind has at least one trial. */
  readonly seconds: number;
  /** Maximum number of tries of a kind. */
  readonly tries?: number;
  /** Maximum number of trials of a kind. */
  readonly trials?: number;
  /** Receives failures as they happen. */
  readonly report: (line: string) => void;
}

/**
 * Lets the storm blow: one trial of each kind in turn, until the time is over.
 *
 * @param options Kinds, time, seed.
 */
export async function storm(options: StormOptions): Promise<readonly Tally[]> {
  const { kinds, seed, seconds, tries = Infinity, trials = Infinity, report } = options;
  const tallies = kinds.map((kind): Tally => ({ kind, trials: 0, tries: 0, longest: 0, failures: [] }));
  const host = new CommandHost(), end = performance.now() + 1000 * seconds;
  try {
    for (let round = 0;; round++) {
      const open = tallies.filter((tally) => tally.tries < tries && tally.trials < trials);
      if (open.length === 0) return tallies;
      for (const tally of open) {
        if (round > 0 && performance.now() > end) return tallies;
        await oneTrial(tally, seed + round, host, report);
      }
    }
  } finally {
    await host.close();
  }
}

async function oneTrial(
  tally: Tally,
  seed: number,
  host: CommandHost,
  report: (line: string) => void,
): Promise<void> {
  const { kind } = tally, began = performance.now();
  const folder = await Deno.makeTempDir({ prefix: "gasp-storm-" });
  try {
    tally.tries += await kind.run({ folder, random: new Random(seed), host });
  } catch (error) {
    const message = error instanceof StormFailure
      ? error.message
      : `the storm itself: ${(error as Error).stack}`;
    tally.failures.push({ seed, message });
    tally.tries++;
    report(`FAILED ${kind.name} --seed ${seed}: ${message}`);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
  tally.trials++;
  tally.longest = Math.max(tally.longest, (performance.now() - began) / 1000);
}

/** Returns the table of results. @param tallies Results. */
export function tableOf(tallies: readonly Tally[]): string {
  const rows = tallies.map(({ kind, tries, failures, longest }) => [
    kind.name,
    String(tries),
    String(failures.length),
    longest.toFixed(1),
    failures.map(({ seed }) => seed).join(" "),
  ]);
  const head = ["kind", "tries", "failures", "longest trial (s)", "seeds of failures"];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => i === 0 || i === 4 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(
      "  ",
    )
      .trimEnd();
  return [line(head), ...rows.map(line)].join("\n");
}

/** Selects kinds by name, without those that this machine cannot try. */
function chosenKinds(only: string | undefined, report: (line: string) => void): Kind[] {
  const names = only?.split(",");
  const unknown = names?.find((name) => KINDS.every((kind) => kind.name !== name));
  if (unknown !== undefined) throw new Error(`no kind is called ${unknown}\n${USAGE}`);
  return KINDS.filter((kind) => {
    if (names !== undefined && !names.includes(kind.name)) return false;
    const missing = kind.missing?.();
    if (missing !== undefined) report(`left out: ${kind.name}: ${missing}`);
    return missing === undefined;
  });
}

async function main(args: readonly string[]): Promise<number> {
  const { only, minutes, tries, seed, once, help } = parseArgs([...args], {
    string: ["only", "minutes", "seed", "tries"],
    boolean: ["help", "once"],
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const seconds = 60 *
    Number(minutes ?? Deno.env.get("GASP_STORM_MINUTES") ?? (tries === undefined ? 5 : Infinity));
  const first = seed === undefined ? 1000 * Math.floor(Date.now() / 86_400_000) : Number(seed);
  if (!(seconds >= 0) || !Number.isSafeInteger(first)) throw new Error(USAGE);
  const tallies = await storm({
    kinds: chosenKinds(only, console.log),
    seed: first,
    seconds,
    ...(tries !== undefined && { tries: Number(tries) }),
    ...(once && { trials: 1 }),
    report: console.log,
  });
  console.log(`\n${tableOf(tallies)}`);
  for (const { kind } of tallies) console.log(`${kind.name}: ${kind.what}`);
  return tallies.every(({ failures }) => failures.length === 0) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
