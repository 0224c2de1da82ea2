/**
 * The data of a new run.
 *
 * @module
 */
import type { DataSource, Inspection } from "../../worker/training/protocol.ts";

/** Data that were chosen. */
export interface ChosenData {
  /** The data. */
  readonly source: DataSource;
  /** Preset; undefined: the one that suits the data. */
  readonly preset?: string | undefined;
  /** What was understood of them; undefined while they are examined. */
  readonly found?: Inspection;
}

/**
 * Returns the name of data.
 *
 * @param source Data.
 */
export function sourceName(source: DataSource): string {
  return "bundled" in source ? source.bundled : source.files.location;
}
