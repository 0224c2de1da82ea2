/**
 * Which checkpoint of a run is the best by a validation metric: `checkpoints/best.json`.
 * @module
 */
import { UserError } from "../config/user_error.ts";
import {
  fields,
  nonEmptyText,
  numberWithin,
  type Schema,
  validate,
  wholeNumber,
} from "../config/validate.ts";
import type { RunStore } from "./run_store.ts";

const BEST_FILE = "checkpoints/best.json";

/**
 * The best checkpoint of a run.
 *
 * @category Checkpoints
 */
export interface BestCheckpoint {
  /** Number of completed steps. */
  readonly step: number;
  /** Name of the metric. */
  readonly metric: string;
  /** Value of the metric. */
  readonly value: number;
}

const SCHEMA: Schema<BestCheckpoint> = fields<BestCheckpoint>({
  step: wholeNumber(0),
  metric: nonEmptyText("the name of a metric"),
  value: numberWithin(-Infinity, Infinity, "a number"),
});

/**
 * Reads which checkpoint of a run is the best.
 *
 * @param store Files of the run.
 * @returns `undefined` if the run was trained without a validation metric.
 * @throws {UserError} If the file is damaged.
 *
 * @example
 * ```ts
 * import { MemoryStore, readBest, writeBest } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * assertEquals(await readBest(store), undefined);
 * await writeBest(store, { step: 500, metric: "pcaFd", value: 0.2 });
 * assertEquals((await readBest(store))?.step, 500);
 * ```
 *
 * @category Checkpoints
 */
export async function readBest(store: RunStore): Promise<BestCheckpoint | undefined> {
  const bytes = await store.read(BEST_FILE);
  if (bytes === undefined) return undefined;
  const where = `${store.location}/${BEST_FILE}`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new UserError(`${where} is not valid JSON: delete it, and name a checkpoint by its step`, error);
  }
  return validate(SCHEMA, value, where);
}

/**
 * Records which checkpoint of a run is the best.
 *
 * @param store Files of the run.
 * @param best The checkpoint and its score.
 *
 * @example
 * ```ts
 * import { MemoryStore, readBest, writeBest } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore(), best = { step: 500, metric: "pcaFd", value: 0.2 };
 * await writeBest(store, best);
 * assertEquals(await readBest(store), best);
 * ```
 *
 * @category Checkpoints
 */
export function writeBest(store: RunStore, best: BestCheckpoint): Promise<void> {
  return store.write(BEST_FILE, new TextEncoder().encode(JSON.stringify(best) + "\n"));
}
