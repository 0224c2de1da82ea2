/**
 * A campaign: trials with consecutive seeds until the time is over.
 * @module
 */
import type { KernelDevice } from "@gasp/tensor";
import { type FuzzDevice, openFuzzDevice } from "./devices.ts";
import { KIND_NAMES, type KindName, KINDS } from "./kinds.ts";
import { minimise } from "./minimise.ts";
import { Dice } from "./program/dice.ts";
import type { Program } from "./program/program.ts";
import { printProgram } from "./program/source.ts";
import type { Failure, Outcome } from "./run_program.ts";

/** What to run. */
export interface CampaignOptions {
  /** First seed. */
  readonly seed: number;
  /** Time limit. */
  readonly seconds: number;
  /** Largest number of trials. Default: no limit. */
  readonly trials?: number;
  /** Devices. */
  readonly devices: readonly FuzzDevice[];
  /** Kinds of trials. */
  readonly kinds: readonly KindName[];
  /** Failures after which to stop. */
  readonly maxFailures: number;
  /** Seconds to minimise each failure. */
  readonly minimiseSeconds: number;
}

/** A trial that failed. */
export interface Finding {
  readonly seed: number;
  readonly kind: KindName;
  readonly device: FuzzDevice;
  readonly failure: Failure;
  /** The minimised program, as source; empty if none could be generated. */
  readonly source: string;
}

/** Counts of the trials on one device. */
export interface Counts {
  /** Trials by kind. */
  readonly trials: Record<KindName, number>;
  /** Derivatives of programs that were compared with the oracle or with finite differences. */
  derivatives: number;
  /** Elements compared with a bound. */
  compared: number;
  /** Elements that the oracle leaves open. */
  open: number;
}

/** Counts of a campaign. */
export interface Summary {
  readonly byDevice: ReadonlyMap<FuzzDevice, Readonly<Counts>>;
  readonly findings: readonly Finding[];
  /** First and last seed. */
  readonly seeds: readonly [first: number, last: number];
  readonly seconds: number;
}

/** What a campaign reports while it runs. */
export interface Listener {
  /** Called before each trial, so that one that never returns is known. */
  readonly begun?: (seed: number, kind: KindName, device: FuzzDevice) => void;
  readonly found?: (finding: Finding) => void;
  readonly progress?: (summary: Summary) => void;
}

/** Milliseconds between reports. */
const REPORT_INTERVAL = 10_000;

/** The open devices; `wasm` with one thread and with two. */
interface Opened {
  readonly name: FuzzDevice;
  readonly byThreads: Readonly<Record<1 | 2, KernelDevice>>;
}

async function open(name: FuzzDevice): Promise<Opened> {
  if (name === "wasm") {
    return { name, byThreads: { 1: await openFuzzDevice(name, 1), 2: await openFuzzDevice(name, 2) } };
  }
  const device = await openFuzzDevice(name);
  return { name, byThreads: { 1: device, 2: device } };
}

/**
 * Chooses the kind of a trial.
 *
 * @param seed Seed of the trial.
 * @param kinds Kinds to choose from.
 */
export function kindOf(seed: number, kinds: readonly KindName[]): KindName {
  const total = kinds.reduce((sum, kind) => sum + KINDS[kind].weight, 0);
  let left = new Dice(seed, "kind").unit() * total;
  return kinds.find((kind) => (left -= KINDS[kind].weight) < 0) ?? kinds.at(-1)!;
}

/**
 * Runs trials.
 *
 * @param options What to run.
 * @param listener Called while it runs.
 */
export async function runCampaign(options: CampaignOptions, listener: Listener = {}): Promise<Summary> {
  const begun = performance.now(), seconds = () => (performance.now() - begun) / 1000;
  const byDevice = new Map(options.devices.map((name) => [name, noCounts()]));
  const findings: Finding[] = [];
  let seed = options.seed;
  const summary = (): Summary => ({
    byDevice,
    findings,
    seeds: [options.seed, seed - 1],
    seconds: seconds(),
  });
  const devices = await Promise.all(options.devices.map(open));
  let reported = performance.now();
  try {
    const last = options.seed + (options.trials ?? Infinity);
    while (seed < last && seconds() < options.seconds) {
      const kind = kindOf(seed, options.kinds), opened = devices[seed % devices.length]!;
      const counts = byDevice.get(opened.name)!;
      counts.trials[kind]++;
      listener.begun?.(seed, kind, opened.name);
      const finding = await runTrial(seed++, kind, opened, options.minimiseSeconds, counts);
      if (finding) {
        findings.push(finding);
        listener.found?.(finding);
        if (findings.length >= options.maxFailures) break;
      }
      if (performance.now() - reported > REPORT_INTERVAL) {
        listener.progress?.(summary());
        reported = performance.now();
      }
    }
  } finally {
    for (const { byThreads } of devices) {
      for (const device of new Set(Object.values(byThreads))) await device.close();
    }
  }
  return summary();
}

function noCounts(): Counts {
  const trials = Object.fromEntries(KIND_NAMES.map((kind) => [kind, 0])) as Record<KindName, number>;
  return { trials, derivatives: 0, compared: 0, open: 0 };
}

async function runTrial(
  seed: number,
  kind: KindName,
  { name: device, byThreads }: Opened,
  minimiseSeconds: number,
  counts: Counts,
): Promise<Finding | undefined> {
  const { generate, judge } = KINDS[kind];
  let program: Program;
  try {
    program = generate(seed);
  } catch (error) {
    const message = error instanceof Error
      ? `${error.message}: ${error.cause ?? error.stack}`
      : String(error);
    return { seed, kind, device, failure: { kind: "error", message }, source: "" };
  }
  if (program.outputs.length === 0) return undefined;
  const run = (candidate: Program): Promise<Outcome> => judge(candidate, byThreads[candidate.run.threads]);
  const { failure, compared, open } = await run(program);
  counts.compared += compared;
  counts.open += open;
  counts.derivatives += program.run.order;
  if (!failure) return undefined;
  const smallest = await minimise(program, async (candidate) => {
    const outcome = await run(candidate);
    return outcome.failure?.kind === failure.kind && sameError(outcome.failure, failure);
  }, minimiseSeconds);
  const final = (await run(smallest)).failure ?? failure;
  const notes = [
    `deno task fuzz --seed ${seed} --trials 1 --device ${device} --only ${kind}`,
    ...final.message.split("\n"),
  ];
  return { seed, kind, device, failure: final, source: printProgram(smallest, device, notes) };
}

/** Errors are the same if they read the same but for numbers. */
function sameError(a: Failure, b: Failure): boolean {
  const start = ({ message }: Failure) => message.split("\n")[0]!.replace(/[\d.]+/g, "#").slice(0, 60);
  return a.kind !== "error" || start(a) === start(b);
}
