/**
 * Configurations of earlier versions in today's form. Version 1 knew GASP with a PointConv discriminator only: fields of
 * the discriminator lay in `model`, the batch size in `training`, and there was no `method`.
 * @module
 */

type Json = { readonly [key: string]: unknown };

/** A configuration, or a part of one, in today's form. */
export interface Migration {
  /** In today's form; the value itself where nothing had to change. */
  readonly value: unknown;
  /** Fields that moved, each as `"training.batch" is "batchSize"`; none where nothing had to change. */
  readonly moved: readonly string[];
}

/** Fields of `model` that belong to the discriminator now. */
const DISCRIMINATOR = ["layers", "norm", "head", "featureNorm", "positions"];

/**
 * Moves the fields of an earlier version to where they are now. A value in today's form, or that is no configuration at
 * all, comes back unchanged.
 *
 * @param value What was read: a complete configuration or a part of one.
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
 */
export function migrateConfig(value: unknown): Migration {
  if (!isObject(value) || "method" in value) return { value, moved: [] };
  const moved: string[] = [];
  const note = (before: string, after: string) => void moved.push(`"${before}" is "${after}"`);
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
  // Version 1 wrote all fields or, in files made by hand, some: only a complete one says which method it is of
  const isComplete = ["steps", "seed", "sheet"].every((name) => name in value);
  return { value: isComplete ? { method: "gasp", ...migrated } : migrated, moved };
}

function migrateModel(model: Json, note: (before: string, after: string) => void): Json {
  const old = DISCRIMINATOR.filter((name) => name in model);
  if (old.length === 0) return model;
  for (const name of old) note(`model.${name}`, `model.discriminator.${name}`);
  const kept = Object.fromEntries(Object.entries(model).filter(([name]) => !old.includes(name)));
  const discriminator = Object.fromEntries(old.map((name) => {
    const value = model[name];
    return [
      name,
      name === "layers" && Array.isArray(value) ? value.map((layer) => migrateLayer(layer, note)) : value,
    ];
  }));
  return { ...kept, discriminator: { kind: "pointconv", ...discriminator } };
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
 * What to say of a configuration whose fields moved.
 *
 * @param where Where it comes from: `runs/a/config.json`.
 * @param moved Fields that moved, at least one.
 */
export function migrationNote(where: string, moved: readonly string[]): string {
  return `${where}: the configuration is of an earlier version and was read as one of this version, in which ` +
    [...new Set(moved)].join(", ");
}
