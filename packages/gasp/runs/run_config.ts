/**
 * Parsing and validation of run configurations.
 * @module
 */
import type { ReadOptions } from "@gasp/datasets";
import { migrateConfig, migrationNote } from "../config/migrate.ts";
import type { DataSizes, ModelConfig, RunConfig } from "../config/run_settings.ts";
import { ConfigError, UserError } from "../config/user_error.ts";
import {
  fields,
  listOf,
  nonEmptyText,
  oneOf,
  optionalField,
  orNull,
  type Schema,
  trueOrFalse,
  validate,
  wholeNumber,
} from "../config/validate.ts";
import type { Method } from "../methods/core/method.ts";
import { methodNames, methodOf, PRESET_NAMES, presetOf } from "../methods/table.ts";

const readSchema: Schema<ReadOptions> = fields<ReadOptions>({
  variable: optionalField(listOf(nonEmptyText("the name of a variable"), 1)),
  select: optionalField(listOf(nonEmptyText("a choice AXIS=VALUE"), 1)),
  gaps: optionalField(oneOf(["refuse", "points"])),
  rate: optionalField(wholeNumber(1, 1_000_000)),
  cut: optionalField(oneOf(["start", "pieces", "stretch"])),
  fit: optionalField(oneOf(["crop", "pad", "squeeze"])),
  asStored: optionalField(trueOrFalse()),
  axes: optionalField(oneOf(["z-up", "y-up", "shapenet"])),
  inside: optionalField(oneOf(["winding", "parity"])),
  skipDamaged: optionalField(trueOrFalse()),
});

function schemaOf(method: Method): Schema<RunConfig> {
  return fields<RunConfig>({
    method: nonEmptyText("the name of a method"),
    preset: nonEmptyText("a name"),
    data: nonEmptyText("the name of a data set, a file or a folder"),
    read: optionalField(readSchema),
    resolution: wholeNumber(2, 65536),
    steps: wholeNumber(1),
    batchSize: wholeNumber(1, 65536),
    seed: wholeNumber(0),
    logEvery: wholeNumber(1),
    sampleEvery: wholeNumber(1),
    saveEvery: wholeNumber(1),
    keepCheckpoints: wholeNumber(1),
    keepEvery: orNull(wholeNumber(1)),
    sheet: fields({ count: wholeNumber(1, 4096), resolution: wholeNumber(2, 65536) }),
    model: method.model as Schema<ModelConfig>,
    training: method.training as Schema<object>,
  });
}

/**
 * Called with a note if a configuration was converted from an earlier version.
 *
 * @category Configuration
 */
export type OnNote = (note: string) => void;

/**
 * Validates a complete configuration. One of an earlier version is converted.
 *
 * @param value Parsed JSON.
 * @param where Source of the value, for error messages.
 * @param onNote Called if the configuration was converted.
 * @throws {UserError} For the first field that is unknown, missing or invalid.
 *
 * @example A configuration that was stored
 * ```ts
 * import { parseRunConfig, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const stored: unknown = JSON.parse(JSON.stringify(resolveRunConfig({ preset: "tiny" })));
 * assertEquals(parseRunConfig(stored, "config.json").preset, "tiny");
 * ```
 *
 * @category Configuration
 */
export function parseRunConfig(value: unknown, where: string, onNote?: OnNote): RunConfig {
  const migrated = current(value, where, onNote);
  const name = isRecord(migrated) ? migrated["method"] : undefined;
  // A configuration without a method is validated as one of the default method, so that the error names its first problem
  const method = methodOf({ method: typeof name === "string" ? name : methodNames()[0]! });
  const config = validate(schemaOf(method), migrated, where);
  method.check?.(config, where);
  return config;
}

function current(value: unknown, where: string, onNote: OnNote | undefined): unknown {
  const { value: migrated, moved } = migrateConfig(value);
  if (moved.length > 0) onNote?.(migrationNote(where, moved));
  return migrated;
}

/**
 * Sources of a configuration, in increasing precedence.
 *
 * @category Configuration
 */
export interface ConfigSources {
  /** Name of a preset. Default: that of the file, else the first of the file's method, else the first of all. */
  readonly preset?: string;
  /** Name of a method, whose preset of that name is used. Default: that of the file, else the first with such a preset. */
  readonly method?: string;
  /** A complete or partial configuration from a file. */
  readonly file?: { readonly value: unknown; readonly where: string };
  /** Individual fields. */
  readonly overrides?: object;
  /** Called if the file was converted from an earlier version. */
  readonly onNote?: OnNote;
}

/**
 * Merges a preset, a file and individual fields, in increasing precedence, into a complete configuration. Objects are merged
 * field by field, unless their `kind` differs; lists are replaced.
 *
 * @param sources Preset, file and individual fields.
 * @throws {UserError} If the preset is unknown or a field is invalid.
 *
 * @example
 * ```ts
 * import { resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "digits", overrides: { steps: 100, batchSize: 16 } });
 * assertEquals([config.steps, config.batchSize], [100, 16]);
 * ```
 *
 * @category Configuration
 */
export function resolveRunConfig({ preset, method, file, overrides, onNote }: ConfigSources): RunConfig {
  const where = file?.where ?? "the configuration";
  if (file && !isRecord(file.value)) {
    throw new UserError(`${where}: a configuration must be a JSON object, such as {"steps": 500}`);
  }
  const fields = isRecord(file?.value) ? file.value : {};
  const asked = method ?? (typeof fields["method"] === "string" ? fields["method"] : undefined);
  const name = preset ?? fields["preset"] ?? defaultPreset(asked);
  const base = presetOf(name, asked);
  // Earlier versions had a single method, so only its fields need conversion
  const value = base.method === "gasp" ? current(file?.value, where, onNote) : file?.value;
  const named = { preset: name, ...(asked !== undefined && { method: asked }) };
  const merged = [value, named, overrides].reduce(mergeOver, base);
  return parseRunConfig(merged, where);
}

function defaultPreset(method: string | undefined): string | undefined {
  return method === undefined ? PRESET_NAMES[0] : Object.keys(methodOf({ method }).presets)[0];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergeOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  // A discriminator of another kind has different fields
  if ("kind" in over && over["kind"] !== base["kind"]) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, mergeOver(base[key], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

/**
 * Checks a configuration against the data.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If coordinate or feature dimensions differ, or the method needs more points than there are.
 */
export function checkAgainstData(config: RunConfig, data: DataSizes): void {
  const { model } = config;
  for (const field of ["coordinateDim", "featureDim"] as const) {
    if (model[field] !== data[field]) {
      throw new ConfigError(
        `"model.${field}" is ${model[field]}, but must be ${data[field]} for the data "${data.name}"`,
        `model.${field}`,
        data[field],
      );
    }
  }
  methodOf(config).checkData?.(config, data);
}

/**
 * Completes a configuration with what only the data determine, such as the number of items of a method with a latent for each.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @returns The configuration itself if its method has no such fields, or they are set.
 * @throws {UserError} If the configuration does not match the data.
 *
 * @example
 * ```ts
 * import { mnistPackage } from "@gasp/datasets";
 * import { adaptToData, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await mnistPackage(5), config = resolveRunConfig({ preset: "tiny", method: "autodecoder" });
 * const { model } = adaptToData(config, data);
 * assertEquals((model as { items?: number }).items, data.items);
 * ```
 *
 * @category Configuration
 */
export function adaptToData(config: RunConfig, data: DataSizes): RunConfig {
  checkAgainstData(config, data);
  return methodOf(config).adapt?.(config, data) ?? config;
}
