/**
 * Records of comparisons: plain data, from which a stopped comparison continues and its table is written.
 *
 * @module
 */
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import type { Estimates, EvaluationSizes } from "../metrics/evaluate.ts";
import type { Direction } from "../metrics/core/metric.ts";
import type { RunStore } from "../runs/run_store.ts";
import type { Budget } from "./budget.ts";

/**
 * What must be the same for all runs of a comparison; methods and seeds may be added later.
 *
 * @category Comparison
 */
export interface ComparisonSettings {
  /** Name of the preset, of which each method has its own version. */
  readonly preset: string;
  /** Name of the data. */
  readonly data: string;
  /** Resolution of the data. */
  readonly resolution: number;
  /** Budget of each run. */
  readonly budget: Budget;
  /** Names of the metrics. */
  readonly metrics: readonly string[];
  /** Number of samples that are evaluated. */
  readonly samples: number;
  /** Number of real items they are compared with, at most. */
  readonly reference: number | "all";
  /** Present if the latest weights are compared instead of their moving averages. */
  readonly weights?: "latest";
}

/**
 * A method of a comparison.
 *
 * @category Comparison
 */
export interface MethodRecord {
  /** Measured seconds per step of each phase; absent if the budget is so few steps that it was not worth measuring. */
  readonly stepSeconds?: readonly number[];
  /** Configuration of its runs but for the seed. */
  readonly config: RunConfig;
}

/**
 * A run of a comparison.
 *
 * @category Comparison
 */
export interface ComparedRun {
  /** Name of its method. */
  readonly method: string;
  /** Its seed. */
  readonly seed: number;
  /** Measured seconds of its training, compilation included; a lower bound if the process was killed meanwhile. */
  readonly seconds: number;
  /** Values of its samples; absent until it is evaluated. */
  readonly values?: Estimates;
  /** Why it could not be trained. */
  readonly failure?: string;
}

/**
 * A comparison, as stored in `comparison.json`.
 *
 * @category Comparison
 */
export interface ComparisonRecord {
  /** Settings. */
  readonly settings: ComparisonSettings;
  /** The machine, in words. */
  readonly machine: Readonly<Record<string, string>>;
  /** Commands that were run. */
  readonly commands: readonly string[];
  /** Directions of the values, in the order of the table. */
  readonly directions: Readonly<Record<string, Direction>>;
  /** Sizes of the compared sets. */
  readonly sizes?: EvaluationSizes;
  /** How each metric is computed. */
  readonly protocols?: readonly string[];
  /** Values of held-out real items. */
  readonly floors?: Estimates;
  /** Methods by name, in the order of the table. */
  readonly methods: Readonly<Record<string, MethodRecord>>;
  /** Runs. */
  readonly runs: readonly ComparedRun[];
}

/** Name of the file of a record. */
export const RECORD_FILE = "comparison.json";

/**
 * Reads the record of a folder.
 *
 * @param store Files of the comparison.
 * @returns `undefined` if there is none.
 * @throws {UserError} If it is not valid JSON.
 * @category Comparison
 */
export async function readComparison(store: RunStore): Promise<ComparisonRecord | undefined> {
  const bytes = await store.read(RECORD_FILE);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ComparisonRecord;
  } catch (error) {
    throw new UserError(
      `${store.location}/${RECORD_FILE} is not valid JSON: delete it, or choose another folder`,
      error,
    );
  }
}

/**
 * Checks that a comparison continues an earlier one.
 *
 * @param before Settings of the earlier one.
 * @param now Settings now.
 * @param location Its folder, for the message.
 * @throws {UserError} If they differ.
 */
export function requireSameComparison(
  before: ComparisonSettings,
  now: ComparisonSettings,
  location: string,
): void {
  for (const key of Object.keys({ ...before, ...now }) as (keyof ComparisonSettings)[]) {
    const [old, fresh] = [before[key], now[key]].map((value) => JSON.stringify(value));
    if (old === fresh) continue;
    throw new UserError(
      `${location} contains a comparison whose ${key} is ${old}, not ${fresh}: choose another folder with --out`,
    );
  }
}

/**
 * Checks that the values of a comparison are computed as its earlier ones.
 *
 * @param before Protocols of the earlier values, if any.
 * @param now Protocols now.
 * @param location Its folder, for the message.
 * @throws {UserError} If they differ.
 */
export function requireSameProtocols(
  before: readonly string[] | undefined,
  now: readonly string[],
  location: string,
): void {
  const other = before?.find((line, i) => line !== now[i]);
  if (other === undefined) return;
  throw new UserError(
    `${location} contains values that were computed otherwise ("${other}"): use the same weights and options, or choose another ` +
      "folder with --out",
  );
}
