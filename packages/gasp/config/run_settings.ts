/**
 * The complete configuration of a run: a run is a function of it and of the data.
 * @module
 */
import type { ModelConfig, TrainOptions } from "./model_config.ts";

/** How sheets of samples are made while training. */
export interface SheetConfig {
  /** Samples on a sheet. */
  readonly count: number;
  /** Height of a sample in pixels. */
  readonly resolution: number;
}

/** Everything that a run depends on, except the data themselves. */
export interface RunConfig {
  /** The preset that it started from, for people. */
  readonly preset: string;
  /** `mnist` for the digits that come with the program, or a folder. */
  readonly data: string;
  /** Height and width to which pictures are resampled. */
  readonly resolution: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Seed of everything random. */
  readonly seed: number;
  /** Losses are noted every so many steps. */
  readonly logEvery: number;
  /** A sheet of samples is made every so many steps, and at the end. */
  readonly sampleEvery: number;
  /** A checkpoint is saved every so many steps, and at the end. */
  readonly saveEvery: number;
  /** How many of the newest checkpoints stay. */
  readonly keepCheckpoints: number;
  /** Checkpoints of multiples of this step stay too; null: none. */
  readonly keepEvery: number | null;
  /** Sheets of samples. */
  readonly sheet: SheetConfig;
  /** The networks. */
  readonly model: ModelConfig;
  /** How they learn. */
  readonly training: TrainOptions;
}
