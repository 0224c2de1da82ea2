/**
 * What the local server says about a run.
 *
 * @module
 */

/** A run under `runs/`, from the local server. */
export interface ServedRun {
  /** Name of its folder. */
  readonly name: string;
  /** Preset of its configuration. */
  readonly preset: string;
  /** Training method. */
  readonly method: string;
  /** Step of its newest checkpoint. */
  readonly step: number;
  /** Whether a process is training it. */
  readonly live: boolean;
  /** Path of its newest sheet of samples, relative to the page. */
  readonly sheet?: string;
}
