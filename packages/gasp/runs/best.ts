/**
 * `best.json`: which checkpoint of a run is the best by a metric. Its checkpoint is never pruned.
 * @module
 */
import { UserError } from "../config/user_error.ts";
import { checkpointSteps } from "./run_folder.ts";
import type { RunStore } from "./run_store.ts";

/** Name of the file. */
export const BEST_FILE = "best.json";

/**
 * The best checkpoint of a run, by a value measured during training.
 *
 * @category Checkpoints
 */
export interface BestCheckpoint {
  /** Step of the checkpoint. */
  readonly step: number;
  /** Name of the value, such as `pca-fd`. */
  readonly metric: string;
  /** The value. */
  readonly value: number;
  /** Lower end of its 95 % interval. */
  readonly low: number;
  /** Upper end of its 95 % interval. */
  readonly high: number;
}

/**
 * Writes `best.json`.
 *
 * @param store Files of the run.
 * @param best Best checkpoint.
 */
export function writeBest(store: RunStore, best: BestCheckpoint): Promise<void> {
  return store.write(BEST_FILE, new TextEncoder().encode(JSON.stringify(best, null, 2) + "\n"));
}

/**
 * Reads `best.json`.
 *
 * @param store Files of the run.
 * @returns `undefined` if there is none, or its checkpoint no longer exists.
 * @throws {UserError} If the file is damaged.
 *
 * @example
 * ```ts
 * import { MemoryStore, readBest } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await readBest(new MemoryStore()), undefined);
 * ```
 *
 * @category Checkpoints
 */
export async function readBest(store: RunStore): Promise<BestCheckpoint | undefined> {
  const bytes = await store.read(BEST_FILE);
  if (!bytes) return undefined;
  const best = parseBest(new TextDecoder().decode(bytes));
  if (!best) throw new UserError(`${store.location}/${BEST_FILE} is damaged: delete it`);
  return (await checkpointSteps(store)).includes(best.step) ? best : undefined;
}

function parseBest(text: string): BestCheckpoint | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { step, metric, value: number, low, high } = value as BestCheckpoint;
    const isComplete = [step, number, low, high].every(Number.isFinite) && typeof metric === "string";
    return isComplete ? { step, metric, value: number, low, high } : undefined;
  } catch {
    return undefined;
  }
}
