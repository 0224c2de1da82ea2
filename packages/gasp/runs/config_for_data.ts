/**
 * The configuration that suits the data: the preset, if none is named, and the dimensions.
 * @module
 */
import type { DataKind, Dataset } from "@gasp/datasets";
import type { RunConfig } from "../config/run_settings.ts";
import { presetOf } from "../methods/table.ts";
import { parseRunConfig } from "./run_config.ts";

/** Presets by kind of data: those that take minutes to hours on a computer of today. */
const PRESET_OF_KIND: Readonly<Record<DataKind, string>> = {
  digits: "digits",
  images: "photos32",
  shapes: "chairs16",
  occupancy: "points",
  climate: "climate",
  curves: "sounds",
  glyphs: "photos32",
  points: "points",
};

/** Least number of points of presets of the presets for pictures, fields and sounds. */
const MANY_POINTS = 1024;

/**
 * Chooses a preset by the kind of data, before they are opened.
 *
 * @param kind Kind of data.
 *
 * @example
 * ```ts
 * import { presetOfKind } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(presetOfKind("curves"), "sounds");
 * ```
 *
 * @category Configuration
 */
export function presetOfKind(kind: DataKind): string {
  return PRESET_OF_KIND[kind];
}

/**
 * Chooses a preset by what the data are found to be, once they are open: fields with gaps, of several variables or of a
 * region are points, and small pictures are as digits.
 *
 * @param preset Preset by the kind of data.
 * @param data Data, opened at the resolution of that preset.
 */
export function presetOfData(preset: string, { display, pointCount }: SizedData): string {
  if (display.kind === "cloud") return "points";
  if (pointCount >= MANY_POINTS) return preset;
  return display.kind === "image" ? "digits" : "points";
}

/** The part of a data set that decides. */
type SizedData = Pick<Dataset, "display" | "pointCount">;

/**
 * How a configuration came about.
 *
 * @category Configuration
 */
export interface ConfigOrigin {
  /** Whether the dimensions are those of a file or of a run, which the data must have. Default false. */
  readonly fixedFeatures?: boolean;
  /** Whether the preset was chosen by the kind of data, since none was named. Default false. */
  readonly isSuited?: boolean;
}

/**
 * Adapts a configuration to the data: its dimensions, and its preset if that was not named.
 *
 * @param config Configuration.
 * @param data Training data.
 * @param origin How the configuration came about.
 *
 * @example Colour pictures of the size of digits
 * ```ts
 * import { imageDataset } from "@gasp/datasets";
 * import { configForData, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array(28 * 28 * 3);
 * const data = imageDataset("one", { count: 1, height: 28, width: 28, channels: 3, pixels });
 * const config = configForData(resolveRunConfig({ preset: "photos32" }), data, { isSuited: true });
 * assertEquals([config.preset, config.model.featureDim], ["digits", 3]);
 * ```
 *
 * @category Configuration
 */
export function configForData(
  config: RunConfig,
  data: Dataset,
  { fixedFeatures = false, isSuited = false }: ConfigOrigin = {},
): RunConfig {
  const { featureDim, coordinateDim } = data;
  const suited = isSuited ? presetOfData(config.preset, data) : config.preset;
  const base = suited === config.preset ? config : { ...presetOf(suited), ...keptOf(config) };
  const { model } = base;
  // The preset of points is for those of any space.
  const isAnySpace = suited === "points" && !fixedFeatures;
  if (fixedFeatures || (model.featureDim === featureDim && !isAnySpace)) return base;
  const dims = { featureDim, ...(isAnySpace && { coordinateDim }) };
  return parseRunConfig({ ...base, model: { ...model, ...dims } }, "the configuration");
}

/** Returns what does not come from the preset when only the data and options are named. */
function keptOf(
  { data, read, resolution, steps, batchSize, seed, ...config }: RunConfig,
): Partial<RunConfig> {
  const before = presetOf(config.preset);
  const named = Object.entries({ steps, batchSize, seed, ...config }).filter(([name, value]) =>
    !["method", "preset", "model", "training", "sheet"].includes(name) &&
    value !== before[name as keyof RunConfig]
  );
  return { ...Object.fromEntries(named), data, ...(read && { read }), resolution };
}
