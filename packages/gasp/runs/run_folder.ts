/**
 * The files that a run leaves: `config.json`, `metrics.jsonl`, `samples/step-N.png`, `checkpoints/step-N.safetensors`.
 * @module
 */
import { type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";
import { UserError } from "../config/user_error.ts";

/** The complete configuration of the run. */
export const CONFIG_FILE = "config.json";
const METRICS_FILE = "metrics.jsonl";
const CHECKPOINTS = "checkpoints";
const SAMPLES = "samples";

/** One line of `metrics.jsonl`: the step and named numbers. */
export interface Metrics {
  /** Number of steps done. */
  readonly step: number;
  readonly [name: string]: number;
}

/**
 * Where the checkpoint of a step is.
 *
 * @param step Number of steps done.
 *
 * @example
 * ```ts
 * import { checkpointPath } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkpointPath(500), "checkpoints/step-500.safetensors");
 * ```
 */
export function checkpointPath(step: number): string {
  return `${CHECKPOINTS}/step-${step}.safetensors`;
}

/**
 * Where the sheet of samples of a step is.
 *
 * @param step Number of steps done.
 *
 * @example
 * ```ts
 * import { samplesPath } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(samplesPath(500), "samples/step-500.png");
 * ```
 */
export function samplesPath(step: number): string {
  return `${SAMPLES}/step-${step}.png`;
}

/**
 * The steps of which there is a checkpoint, ascending. Files that were being written when a process died have another
 * name and are not among them.
 *
 * @param store Files of the run.
 *
 * @example
 * ```ts
 * import { checkpointPath, checkpointSteps, MemoryStore } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * for (const step of [20, 5]) await store.write(checkpointPath(step), new Uint8Array());
 * assertEquals(await checkpointSteps(store), [5, 20]);
 * ```
 */
export async function checkpointSteps(store: RunStore): Promise<number[]> {
  const names = await store.list(CHECKPOINTS);
  return names.map((name) => /^step-(\d+)\.safetensors$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined).map(Number).sort((a, b) => a - b);
}

/** Files that a run writes as a whole, by folder. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  "": /^(config\.json|metrics\.jsonl)$/,
  [CHECKPOINTS]: /^step-\d+\.safetensors$/,
  [SAMPLES]: /^step-\d+\.png$/,
};

/**
 * Deletes what a crash left half written; files that are not of a run stay.
 *
 * @param store Files of the run.
 */
export async function removeLeftovers(store: RunStore): Promise<void> {
  for (const [folder, pattern] of Object.entries(WRITTEN)) {
    for (const name of await store.list(folder)) {
      const isLeftover = name.endsWith(TEMPORARY_SUFFIX) &&
        pattern.test(name.slice(0, -TEMPORARY_SUFFIX.length));
      if (isLeftover) await store.remove(folder === "" ? name : `${folder}/${name}`);
    }
  }
}

/**
 * Deletes all but the newest checkpoints and those of chosen steps.
 *
 * @param store Files of the run.
 * @param newest How many of the newest stay.
 * @param every Those of multiples of this step stay too; null: none.
 */
export async function pruneCheckpoints(store: RunStore, newest: number, every: number | null): Promise<void> {
  const steps = await checkpointSteps(store);
  for (const step of steps.slice(0, Math.max(0, steps.length - newest))) {
    if (every === null || step % every !== 0) await store.remove(checkpointPath(step));
  }
}

/**
 * Adds a line to `metrics.jsonl`.
 *
 * @param store Files of the run.
 * @param metrics What was measured.
 */
export function appendMetrics(store: RunStore, metrics: Metrics): Promise<void> {
  return store.append(METRICS_FILE, JSON.stringify(metrics) + "\n");
}

/**
 * Drops the lines of `metrics.jsonl` after a step, and a last line that a crash cut short, so that a run that goes on
 * from that step does not write them twice.
 *
 * @param store Files of the run.
 * @param step Number of steps done.
 */
export async function truncateMetrics(store: RunStore, step: number): Promise<void> {
  const bytes = await store.read(METRICS_FILE);
  if (!bytes) return;
  const lines = new TextDecoder().decode(bytes).split("\n");
  const kept = lines.filter((line) => (stepOf(line) ?? Infinity) <= step).map((line) => line + "\n").join("");
  if (kept.length !== bytes.length) await store.write(METRICS_FILE, new TextEncoder().encode(kept));
}

function stepOf(line: string): number | undefined {
  try {
    const metrics: unknown = JSON.parse(line);
    const step = (metrics as Partial<Metrics> | null)?.step;
    return typeof step === "number" ? step : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes `config.json`.
 *
 * @param store Files of the run.
 * @param config A complete configuration.
 */
export function writeConfig(store: RunStore, config: unknown): Promise<void> {
  return store.write(CONFIG_FILE, new TextEncoder().encode(JSON.stringify(config, null, 2) + "\n"));
}

/**
 * The contents of `config.json`, not yet validated.
 *
 * @param store Files of the run.
 * @returns `undefined` if there is none: the folder holds no run.
 * @throws {UserError} If it is no JSON.
 *
 * @example
 * ```ts
 * import { CONFIG_FILE, MemoryStore, readConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * assertEquals(await readConfig(store), undefined);
 * await store.write(CONFIG_FILE, new TextEncoder().encode('{ "steps": 3 }'));
 * assertEquals(await readConfig(store), { steps: 3 });
 * ```
 */
export async function readConfig(store: RunStore): Promise<unknown> {
  const bytes = await store.read(CONFIG_FILE);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new UserError(
      `${store.location}/${CONFIG_FILE} is not valid JSON (${
        (error as Error).message
      }): mend it, or start a new run`,
      error,
    );
  }
}
