/**
 * Metadata of GASP's safetensors files: the format and its version, step, configuration and display.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { parseDisplay } from "../config/display.ts";
import { migrateConfig, migrationNote } from "../config/migrate.ts";
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { validate, wholeNumber } from "../config/validate.ts";
import { parseRunConfig } from "./run_config.ts";

/** Format of a checkpoint: the complete state of a run. */
export const CHECKPOINT_FORMAT = "gasp-checkpoint";
/** Format of a generator file: only the weights of a generator. */
export const GENERATOR_FORMAT = "gasp-generator";
/** In version 1 configurations had no field `method`. */
const VERSION = "2", READABLE = ["1", VERSION];

/**
 * State of a run between two steps, except its tensors.
 *
 * @category Checkpoints
 */
export interface CheckpointInfo {
  /** Number of completed steps. */
  readonly step: number;
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** How a sample is shown. */
  readonly display: Display;
}

/** Parsed metadata of a file. */
export interface FileMetadata extends CheckpointInfo {
  /** {@link CHECKPOINT_FORMAT} or {@link GENERATOR_FORMAT}. */
  readonly format: string;
  /** Notes for the user, for example that the configuration was converted from an earlier version. */
  readonly notes: readonly string[];
}

/**
 * Returns the metadata entries of a file.
 *
 * @param format Format of the file.
 * @param info Step, configuration and display.
 */
export function metadataOf(
  format: string,
  { step, config, display }: CheckpointInfo,
): (readonly [string, string])[] {
  return [
    ["format", format],
    ["version", VERSION],
    ["step", String(step)],
    ["config", JSON.stringify(config)],
    ["display", JSON.stringify(display)],
  ];
}

/**
 * Parses the metadata of a file.
 *
 * @param metadata All entries.
 * @param file Name of the file, for notes.
 * @returns `undefined` if the file has another format.
 * @throws {UserError} If the format version is unknown, or a value is invalid.
 */
export function parseMetadata(metadata: ReadonlyMap<string, string>, file: string): FileMetadata | undefined {
  const format = metadata.get("format");
  if (format !== CHECKPOINT_FORMAT && format !== GENERATOR_FORMAT) return undefined;
  const version = metadata.get("version");
  if (version === undefined || !READABLE.includes(version)) {
    throw new UserError(
      `it has format version ${version}, but this program reads versions ${READABLE.join(" and ")}`,
    );
  }
  const { value, moved } = migrateConfig(parseJson(metadata.get("config")));
  const config = parseRunConfig(value, "its configuration");
  return {
    format,
    step: validate(wholeNumber(0), Number(metadata.get("step")), "its step"),
    config,
    display: parseDisplay(parseJson(metadata.get("display")), config.model),
    notes: moved.length === 0 ? [] : [migrationNote(file, moved)],
  };
}

/**
 * Parses a JSON value of the metadata.
 *
 * @param text JSON.
 * @throws {UserError} If it is missing or not valid JSON.
 */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata is damaged");
  }
}
