/**
 * Training data of the page: bundled sets, and files that were dropped or chosen.
 *
 * @module
 */
import {
  blobTree,
  BUNDLED_NAMES,
  type BundledName,
  inferDataKind,
  openBundled,
  openDataset,
  type OpenedDataset,
} from "@gasp/datasets";
import {
  configForData,
  PRESET_NAMES,
  presetOf,
  presetOfKind,
  resolveRunConfig,
  type RunConfig,
  UserError,
} from "@gasp/gasp";
import type { DataSource } from "./protocol.ts";
import { bundledFiles, DIGITS, isServed, servedDigits } from "./served_sets.ts";
import { webCache } from "./web_cache.ts";

/** Data opened for a preset, and the configuration to train on them. */
export interface SuitedData {
  /** Data and how they were understood. */
  readonly opened: OpenedDataset;
  /** Configuration. */
  readonly config: RunConfig;
}

/** How data are opened. */
export interface OpenOptions {
  /** Preset; default: the one that suits the data. */
  readonly preset?: string | undefined;
  /** Fields of the configuration that replace those of the preset. */
  readonly overrides?: object | undefined;
  /** Receives warnings, such as about files that are skipped. */
  readonly report: (message: string) => void;
}

/**
 * Opens data at the resolution of a preset, and adapts the preset to them.
 *
 * @param source Data.
 * @param options Preset and overrides.
 * @throws {UserError} If the preset does not suit the data.
 * @throws {DataError} If the files cannot be used.
 */
export async function openSuited(
  source: DataSource,
  { preset, overrides, report }: OpenOptions,
): Promise<SuitedData> {
  const chosen = preset ?? await presetFor(source), name = nameOf(source);
  const config = resolveRunConfig({ preset: chosen, overrides: { ...overrides, data: name } });
  const opened = await openAt(source, config, report);
  try {
    const suited = configForData(config, opened.dataset, { isSuited: preset === undefined });
    return { opened, config: suited };
  } catch (error) {
    await opened.dataset.close?.();
    throw error;
  }
}

/**
 * Opens the data of a run as its configuration says.
 *
 * @param source Data.
 * @param config Configuration of the run.
 * @param report Receives warnings.
 * @throws {DataError} If the files cannot be used.
 */
export async function openAt(
  source: DataSource,
  { resolution, read }: RunConfig,
  report: (message: string) => void,
): Promise<OpenedDataset> {
  const cache = await webCache();
  const options = { resolution, report, ...(cache && { cache }), ...(read && { read }) };
  if ("bundled" in source && source.bundled === DIGITS) return await servedDigits(resolution);
  const bundled = "bundled" in source && BUNDLED_NAMES.find((known) => known === source.bundled);
  if (bundled) return await openBundled(bundled, options);
  return await openDataset({ ...options, ...await treeOf(source) });
}

/**
 * Finds the data of a run by the name in its configuration.
 *
 * @param name `data` of the configuration.
 * @returns Undefined if the page does not have them.
 */
export function bundledSource(name: string): DataSource | undefined {
  return isBundled(name) || isServed(name) ? { bundled: name } : undefined;
}

/**
 * Lists the presets that can be trained on data.
 *
 * @param opened Data.
 */
export function presetsFor({ dataset: { coordinateDim } }: OpenedDataset): string[] {
  return PRESET_NAMES.filter((name) => presetOf(name).model.coordinateDim === coordinateDim);
}

const isBundled = (name: string): name is BundledName => BUNDLED_NAMES.some((known) => known === name);

/** Name of data in a configuration: what `--data` of the command line expects, but for the folder. */
function nameOf(source: DataSource): string {
  return "bundled" in source ? source.bundled : source.files.location;
}

async function presetFor(source: DataSource): Promise<string> {
  const own = PRESET_NAMES.find((name) => "bundled" in source && presetOf(name).data === source.bundled);
  if (own !== undefined) return own;
  const kind = await inferDataKind(await treeOf(source));
  return kind === undefined ? PRESET_NAMES[0]! : presetOfKind(kind);
}

async function treeOf(source: DataSource) {
  const { location, entries } = "files" in source ? source.files : await bundledFiles(source.bundled);
  if (entries.length === 0) throw new UserError(`${location} is empty: drop files, or a folder of them`);
  const [[file] = [""], ...others] = entries, tree = new Map(entries), cut = location.lastIndexOf("/");
  // One file by itself is that file, whatever its name; several are a folder.
  return others.length > 0
    ? { files: blobTree(location, tree) }
    : { files: blobTree(cut < 0 ? "." : location.slice(0, cut), tree), file };
}
