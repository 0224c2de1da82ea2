/**
 * Reads and checks the configuration of a run.
 * @module
 */
import type {
  ConvLayer,
  LayerConfig,
  ModelConfig,
  PoolLayer,
  SubsetConfig,
  TrainOptions,
} from "./model_config.ts";
import type { RunConfig } from "./run_settings.ts";
import { isPresetName, PRESET_NAMES, PRESETS } from "./presets.ts";
import { UserError } from "./user_error.ts";
import { fields, listOf, nonEmptyText, numberWithin, oneOf, optionalField, orNull } from "./validate.ts";
import { positiveNumber, type Schema, trueOrFalse, validate, variants, wholeNumber } from "./validate.ts";

const layer: Schema<LayerConfig> = variants<LayerConfig>("kind", {
  conv: fields<ConvLayer>({
    kind: oneOf(["conv"]),
    channels: wholeNumber(1, 65536),
    points: wholeNumber(1),
    neighbours: wholeNumber(1),
    radius: optionalField(positiveNumber()),
    mid: optionalField(listOf(wholeNumber(1, 1024), 1)),
  }),
  pool: fields<PoolLayer>({
    kind: oneOf(["pool"]),
    points: wholeNumber(1),
    neighbours: wholeNumber(1),
    radius: optionalField(positiveNumber()),
  }),
});

const sizes: Schema<number[]> = listOf(wholeNumber(1, 65536), 0);

const model: Schema<ModelConfig> = fields<ModelConfig>({
  coordinateDim: wholeNumber(1, 4),
  featureDim: wholeNumber(1, 65536),
  latentDim: wholeNumber(1, 65536),
  hyperHidden: sizes,
  functionHidden: sizes,
  fourier: orNull(fields({ count: wholeNumber(1, 65536), sigma: positiveNumber() })),
  layers: listOf(layer, 1),
  norm: numberWithin(1, 1e6, "a number of at least 1"),
  head: optionalField(listOf(wholeNumber(1, 65536), 1)),
  featureNorm: optionalField(oneOf(["batch", "none"])),
  positions: optionalField(trueOrFalse()),
});

const rate = numberWithin(Number.MIN_VALUE, 1, "a number above 0 and at most 1");

const training: Schema<TrainOptions> = fields<TrainOptions>({
  batch: wholeNumber(1, 65536),
  generatorRate: rate,
  discriminatorRate: rate,
  r1Weight: numberWithin(0, Infinity, "a number of at least 0"),
  r1On: oneOf(["probability", "logit"]),
  loss: oneOf(["probability", "logit"]),
  averageDecay: orNull(numberWithin(0, 1, "a number from 0 to 1")),
  subset: optionalField(fields<SubsetConfig>({
    count: wholeNumber(1),
    choose: oneOf(["uniform", "blue-noise", "balanced"]),
  })),
});

const runConfig: Schema<RunConfig> = fields<RunConfig>({
  preset: nonEmptyText("a name"),
  data: nonEmptyText('"mnist" or a folder'),
  resolution: wholeNumber(2, 65536),
  steps: wholeNumber(1),
  seed: wholeNumber(0),
  logEvery: wholeNumber(1),
  sampleEvery: wholeNumber(1),
  saveEvery: wholeNumber(1),
  keepCheckpoints: wholeNumber(1),
  keepEvery: orNull(wholeNumber(1)),
  sheet: fields({ count: wholeNumber(1, 4096), resolution: wholeNumber(2, 65536) }),
  model,
  training,
});

/**
 * Checks a complete configuration.
 *
 * @param value What was read.
 * @param where Where it comes from, for messages.
 * @throws {UserError} For the first field that is unknown, missing or not allowed.
 */
export function parseRunConfig(value: unknown, where: string): RunConfig {
  const config = validate(runConfig, value, where);
  checkLayers(config.model, where);
  return config;
}

/** What {@link resolveRunConfig} puts together, each over the one before. */
export interface ConfigSources {
  /** Name of a preset; by default the file's, else the first. */
  readonly preset?: string;
  /** A configuration or a part of one, as read from a file. */
  readonly file?: { readonly value: unknown; readonly where: string };
  /** Single values. */
  readonly overrides?: object;
}

/**
 * The complete configuration from a preset, a file over it and single values over both. Objects are merged field by
 * field; lists are replaced.
 *
 * @param sources Where values come from.
 * @throws {UserError} If the preset is unknown or a field is not allowed.
 *
 * @example
 * ```ts
 * import { resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "digits", overrides: { steps: 100, training: { batch: 16 } } });
 * assertEquals([config.steps, config.training.batch], [100, 16]);
 * ```
 */
export function resolveRunConfig({ preset, file, overrides }: ConfigSources): RunConfig {
  const where = file?.where ?? "the configuration";
  if (file && !isRecord(file.value)) {
    throw new UserError(`${where}: a configuration is a JSON object, for example {"steps": 500}`);
  }
  const name = preset ?? (isRecord(file?.value) ? file.value["preset"] : undefined) ?? PRESET_NAMES[0]!;
  if (typeof name !== "string" || !isPresetName(name)) {
    throw new UserError(`unknown preset ${JSON.stringify(name)}: the presets are ${PRESET_NAMES.join(", ")}`);
  }
  const merged = [file?.value, { preset: name }, overrides].reduce(mergeOver, PRESETS[name]);
  return parseRunConfig(merged, where);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergeOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, mergeOver(base[key], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

/** The discriminator must end in one number, and no layer may give more points than it gets. */
function checkLayers(model: ModelConfig, where: string): void {
  const { layers, head } = model;
  layers.slice(1).forEach((layer, i) => {
    const before = layers[i]!.points;
    checkReads(layer, i + 1, before, `layer ${i} gives ${before} points`, where);
  });
  const last = layers.at(-1)!;
  if (head === undefined && !(last.kind === "conv" && last.channels === 1 && last.points === 1)) {
    throw new UserError(
      `${where}: "model.layers" must end in a "conv" with 1 channel at 1 point, or have a "head"`,
    );
  }
  if (head !== undefined && head.at(-1) !== 1) {
    throw new UserError(`${where}: "model.head" is ${JSON.stringify(head)}, but must end in 1`);
  }
}

/**
 * Checks that a configuration fits the data.
 *
 * @param config Any configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If the first layer reads more points than there are, or dimensions differ.
 */
export function checkAgainstData(
  { model, training }: RunConfig,
  data: {
    readonly name: string;
    readonly pointCount: number;
    readonly coordinateDim: number;
    readonly featureDim: number;
  },
): void {
  for (const field of ["coordinateDim", "featureDim"] as const) {
    if (model[field] !== data[field]) {
      throw new UserError(
        `"model.${field}" is ${model[field]}, but must be ${data[field]} for the data "${data.name}": ` +
          (field === "featureDim"
            ? `set it so in a file for --config, {"model": {"featureDim": ${data.featureDim}}}, or choose other data`
            : "choose a preset for data of this kind"),
      );
    }
  }
  const given = `the data "${data.name}" at this resolution have ${data.pointCount} points`;
  const { subset } = training;
  if (subset && subset.count > data.pointCount) {
    throw new UserError(
      `"training.subset.count" is ${subset.count}, but must be at most ${data.pointCount}: ${given}`,
    );
  }
  const seen = subset ? `a step looks at ${subset.count} points ("training.subset.count")` : given;
  checkReads(model.layers[0]!, 0, subset?.count ?? data.pointCount, seen, "the configuration");
}

function checkReads(
  layer: LayerConfig,
  index: number,
  available: number,
  given: string,
  where: string,
): void {
  for (const field of ["points", "neighbours"] as const) {
    if (layer[field] > available) {
      throw new UserError(
        `${where}: "model.layers.${index}.${field}" is ${
          layer[field]
        }, but must be at most ${available}: ${given}`,
      );
    }
  }
}
