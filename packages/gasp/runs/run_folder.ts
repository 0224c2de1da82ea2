/**
 * The files of a run: `config.json`, `metrics.jsonl`, `samples/step-N.png`, `checkpoints/step-N.safetensors`.
 * @module
 */
import { type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";
import { UserError } from "../config/user_error.ts";

/**
 * Name of the file with the complete configuration of a run.
 *
 * @category Checkpoints
 */
export const CONFIG_FILE = "config.json";
/**
 * Name of the log of a run: a line of JSON for each step at which losses are logged.
 *
 * @category Checkpoints
 */
export const METRICS_FILE = "metrics.jsonl";
const CHECKPOINTS = "checkpoints";
const SAMPLES = "samples";

/** One line of `metrics.jsonl`: the step and named values. */
export interface Metrics {
  /** Number of completed steps. */
  readonly step: number;
  readonly [name: string]: number;
}

/**
 * Returns the path of the checkpoint of a step.
 *
 * @param step Number of completed steps.
 *
 * @example
 * ```ts
 * import { checkpointPath } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkpointPath(500), "checkpoints/step-500.safetensors");
 * ```
 *
 * @category Checkpoints
 */
export function checkpointPath(step: number): string {
  return `${CHECKPOINTS}/step-${step}.safetensors`;
}

/**
 * Returns the path of the sheet of samples of a step.
 *
 * @param step Number of completed steps.
 *
 * @example
 * ```ts
 * import { samplesPath } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(samplesPath(500), "samples/step-500.png");
 * ```
 *
 * @category Checkpoints
 */
export function samplesPath(step: number): string {
  return `${SAMPLES}/step-${step}.png`;
}

/**
 * Returns the path of the sheet of reconstructions of a step.
 *
 * @param step Number of completed steps.
 * @category Checkpoints
 */
export function reconstructionsPath(step: number): string {
  return `${SAMPLES}/step-${step}-reconstructions.png`;
}

/**
 * Lists the steps that have a checkpoint, ascending. Incomplete files left by a crash have another name and are not listed.
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
 *
 * @category Checkpoints
 */
export async function checkpointSteps(store: RunStore): Promise<number[]> {
  const names = await store.list(CHECKPOINTS);
  return names.map((name) => /^step-(\d+)\.safetensors$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined).map(Number).sort((a, b) => a - b);
}

/** Name patterns of the files that a run writes atomically, by folder. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  "": /^(config\.json|metrics\.jsonl|best\.json)$/,
  [CHECKPOINTS]: /^step-\d+\.safetensors$/,
  [SAMPLES]: /^step-\d+\.png$/,
};

/**
 * Deletes incomplete files left by a crash. Files that do not belong to a run are not touched.
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
 * Deletes old checkpoints.
 *
 * @param store Files of the run.
 * @param newest Number of most recent checkpoints to keep.
 * @param every Also keep checkpoints at multiples of this step; null: none.
 * @param best Also keep the checkpoint of this step.
 */
export async function pruneCheckpoints(
  store: RunStore,
  newest: number,
  every: number | null,
  best?: number,
): Promise<void> {
  const steps = await checkpointSteps(store);
  for (const step of steps.slice(0, Math.max(0, steps.length - newest))) {
    if (step !== best && (every === null || step % every !== 0)) await store.remove(checkpointPath(step));
  }
}

/**
 * Appends a line to `metrics.jsonl`.
 *
 * @param store Files of the run.
 * @param metrics Step and values.
 */
export function appendMetrics(store: RunStore, metrics: Metrics): Promise<void> {
  return store.append(METRICS_FILE, JSON.stringify(metrics) + "\n");
}

/**
 * Removes the lines of `metrics.jsonl` after a step, and an incomplete last line left by a crash, so that a run resumed at
 * that step does not duplicate them.
 *
 * @param store Files of the run.
 * @param step Number of completed steps.
 */
export async function truncateMetrics(store: RunStore, step: number): Promise<void> {
  const bytes = await store.read(METRICS_FILE);
  if (!bytes) return;
  const lines = new TextDecoder().decode(bytes).split("\n");
  const text = lines.filter((line) => (stepOf(line) ?? Infinity) <= step).map((line) => line + "\n").join("");
  if (text.length !== bytes.length) await store.write(METRICS_FILE, new TextEncoder().encode(text));
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
 * Reads `config.json` without validating it.
 *
 * @param store Files of the run.
 * @returns Parsed JSON, or `undefined` if there is no such file and hence no run.
 * @throws {UserError} If it is not valid JSON.
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
 *
 * @category Checkpoints
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
      }): fix it, or start a new run`,
      error,
    );
  }
}
