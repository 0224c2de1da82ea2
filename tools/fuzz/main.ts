/**
 * The fuzzer: runs random programs on a device and compares every element with an oracle that knows how far a correct
 * device may be off. A failing program is minimised and printed as source.
 *
 * `deno task fuzz --minutes 5 --seed today` is what continuous integration runs; `--seed N --trials 1` repeats a trial.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type CampaignOptions, type Counts, type Finding, runCampaign, type Summary } from "./campaign.ts";
import { FUZZ_DEVICES } from "./devices.ts";
import { KIND_NAMES, type KindName } from "./kinds.ts";

const USAGE =
  `deno task fuzz [--minutes N] [--seed N|today] [--device NAME,NAME] [--only KIND,KIND] [--trials N]
  --minutes       Time limit; default: 1
  --seed          First seed, an integer; \`today\` for one that changes every day; default: 1
  --device        ${FUZZ_DEVICES.join(", ")} (Deno's own WebGPU); default: wasm
  --only          Kinds of trials: ${KIND_NAMES.join(", ")}; default: all
  --trials        Largest number of trials; default: no limit
  --failures      Failures after which to stop; default: 5
  --minimise      Seconds to minimise a failure; default: 60
  --announce      Print each trial before it runs, to know one that never returns`;

/** Seeds of a day do not overlap with those of others. */
const SEEDS_PER_DAY = 10_000_000;

/**
 * Returns the first seed of a day.
 *
 * @param date The day, in UTC.
 */
export function seedOfDay(date: Date): number {
  return Math.floor(date.getTime() / 86_400_000) * SEEDS_PER_DAY;
}

function numberOption(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0)) throw new Error(`--${name} must be a number from 0, got ${text}`);
  return value;
}

function listOption<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(",").map((part) => {
    const found = known.find((value) => value === part);
    if (!found) throw new Error(`--${name} must be among ${known.join(", ")}, got ${part}`);
    return found;
  });
}

/** What to run, and whether to print each trial before it. */
export interface FuzzOptions extends CampaignOptions {
  readonly announce: boolean;
}

/**
 * Parses the command line.
 *
 * @param args Arguments.
 * @returns What to run; undefined if help was requested.
 */
export function parseOptions(args: readonly string[]): FuzzOptions | undefined {
  const { help, announce, ...options } = parseArgs([...args], {
    string: ["minutes", "seed", "device", "only", "trials", "failures", "minimise"],
    boolean: ["help", "announce"],
    default: {
      minutes: "1",
      seed: "1",
      device: "wasm",
      only: KIND_NAMES.join(),
      failures: "5",
      minimise: "60",
    },
    unknown: (arg) => {
      throw new Error(`unknown argument ${arg}\n${USAGE}`);
    },
  });
  if (help) return undefined;
  return {
    announce,
    seed: options.seed === "today" ? seedOfDay(new Date()) : numberOption("seed", options.seed),
    seconds: 60 * numberOption("minutes", options.minutes),
    ...(options.trials !== undefined && { trials: numberOption("trials", options.trials) }),
    devices: listOption("device", options.device, FUZZ_DEVICES),
    kinds: listOption<KindName>("only", options.only, KIND_NAMES),
    maxFailures: numberOption("failures", options.failures),
    minimiseSeconds: numberOption("minimise", options.minimise),
  };
}

/** Kinds whose trials are searches; the others are programs, with derivatives or without. */
const SEARCHES: KindName = "searches";

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Formats the counts of a campaign: one line for each device, and one for all.
 *
 * @param summary The counts.
 */
export function describeSummary({ byDevice, findings, seeds, seconds }: Summary): string {
  const lines = [...byDevice].map(([device, counts]) =>
    `${device}: ${describeCounts(counts)}, ${
      findings.filter((finding) => finding.device === device).length
    } failures`
  );
  const total = sumOf([...byDevice.values()].flatMap(({ trials }) => Object.values(trials)));
  return [
    ...lines,
    `seeds ${seeds.join(" to ")}: ${total} trials in ${seconds.toFixed(0)} s, ` +
    `${(total / seconds).toFixed(1)} a second, ${findings.length} failures`,
  ].join("\n");
}

function describeCounts({ trials, derivatives, compared, open }: Counts): string {
  const searches = trials[SEARCHES], programs = sumOf(Object.values(trials)) - searches;
  const kinds = Object.entries(trials).filter(([kind, count]) => count > 0 && kind !== SEARCHES);
  return `${programs} programs (${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")}), ` +
    `${derivatives} derivatives, ${searches} searches, ${compared} elements compared, ` +
    `${(100 * open / Math.max(1, open + compared)).toFixed(0)} % open`;
}

function printFinding({ seed, kind, device, failure, source }: Finding): void {
  console.log(`\nFAILURE: seed ${seed}, ${kind} on ${device}: ${failure.message.split("\n")[0]}`);
  console.log(source === "" ? failure.message : source);
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  console.log(`seed ${options.seed} on ${options.devices.join(", ")}`);
  const summary = await runCampaign(options, {
    ...(options.announce && {
      begun: (seed, kind, device) => console.log(`trial ${seed}, ${kind} on ${device}`),
    }),
    found: printFinding,
    progress: (summary) => console.log(describeSummary(summary)),
  });
  console.log(describeSummary(summary));
  return summary.findings.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
