/**
 * Migrates configurations of earlier versions. Version 1 supported only GASP with a PointConv discriminator: the
 * discriminator's fields were in `model`, the batch size in `training`, and there was no `method`.
 * @module
 */

type Json = { readonly [key: string]: unknown };

/**
 * A configuration, or a part of one, in the current format.
 *
 * @category Configuration
 */
export interface Migration {
  /** The migrated value; the input itself if it was current already. */
  readonly value: unknown;
  /** Fields that moved, each as `"training.batch" is now "batchSize"`; empty if the input was current already. */
  readonly moved: readonly string[];
}

/** Fields of `model` that are now fields of the discriminator. */
const DISCRIMINATOR = ["layers", "norm", "head", "featureNorm", "positions"];

/**
 * Converts a configuration of an earlier version to the current format. Returns a value unchanged if it is current
 * already, or not a configuration at all.
 *
 * @param value Parsed JSON: a complete configuration or a part of one.
 *
 * @example What earlier versions called by other names
 * ```ts
 * import { migrateConfig } from "@gasp/gasp";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { value, moved } = migrateConfig({ steps: 3, training: { batch: 8 } });
 * assertEquals((value as { batchSize: number }).batchSize, 8);
 * assert(moved.length > 0);
 * ```
 *
 * @category Configuration
 */
export function migrateConfig(value: unknown): Migration {
  if (!isObject(value) || "method" in value) return { value, moved: [] };
  const moved: string[] = [];
  const note = (before: string, after: string) => void moved.push(`"${before}" is now "${after}"`);
  const { training, model, ...rest } = value;
  const migrated: Record<string, unknown> = { ...rest };
  if (isObject(training)) {
    const { batch, averageDecay, ...others } = training;
    if ("batch" in training) {
      migrated["batchSize"] = batch;
      note("training.batch", "batchSize");
    }
    if ("averageDecay" in training) note("training.averageDecay", "training.emaDecay");
    migrated["training"] = "averageDecay" in training ? { ...others, emaDecay: averageDecay } : others;
  } else if (training !== undefined) migrated["training"] = training;
  if (isObject(model)) migrated["model"] = migrateModel(model, note);
  else if (model !== undefined) migrated["model"] = model;
  if (moved.length === 0) return { value, moved };
  // Files written by version 1 are complete, files written by hand may be partial: only a complete one implies its method
  const isComplete = ["steps", "seed", "sheet"].every((name) => name in value);
  return { value: isComplete ? { method: "gasp", ...migrated } : migrated, moved };
}

function migrateModel(model: Json, note: (before: string, after: string) => void): Json {
  const old = DISCRIMINATOR.filter((name) => name in model);
  if (old.length === 0) return model;
  for (const name of old) note(`model.${name}`, `model.discriminator.${name}`);
  const rest = Object.fromEntries(Object.entries(model).filter(([name]) => !old.includes(name)));
  const discriminator = Object.fromEntries(old.map((name) => {
    const value = model[name];
    return [
      name,
      name === "layers" && Array.isArray(value) ? value.map((layer) => migrateLayer(layer, note)) : value,
    ];
  }));
  return { ...rest, discriminator: { kind: "pointconv", ...discriminator } };
}

function migrateLayer(layer: unknown, note: (before: string, after: string) => void): unknown {
  if (!isObject(layer) || !("mid" in layer)) return layer;
  const { mid, ...rest } = layer;
  note("mid", "weightNetSizes");
  return { ...rest, weightNetSizes: mid };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns the note to show when a configuration has been migrated.
 *
 * @param where Source of the configuration, such as `runs/a/config.json`.
 * @param moved Fields that moved, at least one.
 * @category Configuration
 */
export function migrationNote(where: string, moved: readonly string[]): string {
  return `${where}: converted a configuration of an earlier version: ${[...new Set(moved)].join(", ")}`;
}
