/**
 * Whether a configuration is still that of a checkpoint. A run is a pure function of its configuration, so the fields that
 * determine its numbers cannot change between two of its steps.
 * @module
 */
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import type { CheckpointInfo } from "./metadata.ts";

/** Fields that determine the numbers of a run; the others say where its data are, how long it is and what it writes. */
const FIXED = ["method", "seed", "batchSize", "resolution", "read", "model", "training"] as const;

/** A field with two values. */
interface Difference {
  /** Path of the field, such as `model.latentDim`. */
  readonly field: string;
  readonly now: unknown;
  readonly before: unknown;
}

/**
 * Checks that a configuration continues the run of a checkpoint.
 *
 * @param config Configuration to resume with.
 * @param checkpoint Step and configuration of the checkpoint.
 * @param where Source of the configuration, for the error message.
 * @throws {UserError} If a field that determines the numbers of the run differs.
 *
 * @example
 * ```ts
 * import { requireSameRun, resolveRunConfig, UserError } from "@gasp/gasp";
 * import { assertThrows } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "tiny" }), checkpoint = { step: 25, config };
 * requireSameRun({ ...config, steps: 2 * config.steps }, checkpoint, "config.json");
 * assertThrows(() => requireSameRun({ ...config, seed: 9 }, checkpoint, "config.json"), UserError, '"seed" is 9');
 * ```
 *
 * @category Checkpoints
 */
export function requireSameRun(
  config: RunConfig,
  checkpoint: Pick<CheckpointInfo, "step" | "config">,
  where: string,
): void {
  for (const field of FIXED) {
    const difference = firstDifference(field, config[field], checkpoint.config[field]);
    if (difference === undefined) continue;
    throw new UserError(
      `${where} was changed after the checkpoint of step ${checkpoint.step}: "${difference.field}" is ` +
        `${show(difference.now)}, but was ${
          show(difference.before)
        }. Change it back, or start a new run; without a ` +
        "config.json, a run is resumed with the configuration of its checkpoint",
    );
  }
}

function firstDifference(field: string, now: unknown, before: unknown): Difference | undefined {
  if (!isObject(now) || !isObject(before)) return Object.is(now, before) ? undefined : { field, now, before };
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const difference = firstDifference(`${field}.${name}`, now[name], before[name]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
