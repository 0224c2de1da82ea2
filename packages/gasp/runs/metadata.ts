/**
 * What safetensors files of this program say beside their tensors: the format and its version, and what is known of the run.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { parseDisplay } from "../config/display.ts";
import { migrateConfig, migrationNote } from "../config/migrate.ts";
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { validate, wholeNumber } from "../config/validate.ts";
import { parseRunConfig } from "./run_config.ts";

/** All of a run, to go on from. */
export const CHECKPOINT_FORMAT = "gasp-checkpoint";
/** A generator alone. */
export const GENERATOR_FORMAT = "gasp-generator";
/** Version 1 has configurations that name no method. */
const VERSION = "2", READABLE = ["1", VERSION];

/** What is known of a run between two steps, besides its tensors. */
export interface CheckpointInfo {
  /** Number of steps done. */
  readonly step: number;
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** How a sample is shown. */
  readonly display: Display;
}

/** What a file says beside its tensors. */
export interface FileMetadata extends CheckpointInfo {
  /** One of the formats of this program. */
  readonly format: string;
  /** What people should know, such as that the configuration is of an earlier version. */
  readonly notes: readonly string[];
}

/**
 * The metadata of a file.
 *
 * @param format Its format.
 * @param info What is known of the run.
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
 * Reads the metadata of a file.
 *
 * @param metadata All of them.
 * @param file Name of the file, for notes.
 * @returns `undefined` if the file is not of this program.
 * @throws {UserError} If the version is of a later program, or a value is not valid.
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
  return {
    format,
    step: validate(wholeNumber(0), Number(metadata.get("step")), "its step"),
    config: parseRunConfig(value, "its configuration"),
    display: parseDisplay(parseJson(metadata.get("display"))),
    notes: moved.length === 0 ? [] : [migrationNote(file, moved)],
  };
}

/**
 * A value of the metadata.
 *
 * @param text JSON.
 * @throws {UserError} If it is missing or no JSON.
 */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata are damaged");
  }
}
