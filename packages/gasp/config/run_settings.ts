/**
 * The complete configuration of a run. A run is a pure function of its configuration and data. Method-specific settings
 * are in the blocks `model` and `training`, whose fields the training method defines.
 * @module
 */
import type { Display, ReadOptions } from "@gasp/datasets";

/**
 * Sheets of samples drawn during training.
 *
 * @category Configuration
 */
export interface SheetConfig {
  /** Number of samples per sheet. */
  readonly count: number;
  /** Height of a sample in pixels. */
  readonly resolution: number;
}

/**
 * Fields that models of every method share: the dimensions of the data.
 *
 * @category Configuration
 */
export interface ModelConfig {
  /** Coordinate dimension d: 2 for images, 3 for shapes and the sphere. */
  readonly coordinateDim: number;
  /** Feature dimension k: 3 for colours, 1 for grey values, occupancy and temperature. */
  readonly featureDim: number;
}

/**
 * Everything a run depends on except the data.
 *
 * @category Configuration
 */
export interface RunConfig<Model extends ModelConfig = ModelConfig, Training extends object = object> {
  /** Name of the training method, as registered in the table of methods. */
  readonly method: string;
  /** Name of the preset this configuration was derived from; informational. */
  readonly preset: string;
  /** Name of a bundled data set, or path of a file or folder. */
  readonly data: string;
  /** What to read of data that hold several things; absent: what there is, or the usual. */
  readonly read?: ReadOptions;
  /** Height and width that images are resampled to, in pixels. */
  readonly resolution: number;
  /** Total number of training steps. */
  readonly steps: number;
  /** Items per step. */
  readonly batchSize: number;
  /** Random seed. */
  readonly seed: number;
  /** Interval, in steps, at which losses are logged. */
  readonly logEvery: number;
  /** Interval, in steps, at which a sheet of samples is drawn; one is also drawn at the end. */
  readonly sampleEvery: number;
  /** Interval, in steps, at which a checkpoint is saved; one is also saved at the end. */
  readonly saveEvery: number;
  /** Number of most recent checkpoints to keep. */
  readonly keepCheckpoints: number;
  /** Checkpoints at multiples of this step are never deleted; null: no such checkpoints. */
  readonly keepEvery: number | null;
  /** Sheets of samples. */
  readonly sheet: SheetConfig;
  /** The networks: dimensions of the data, and fields defined by the method. */
  readonly model: Model;
  /** Optimisation settings, defined by the method. */
  readonly training: Training;
}

/**
 * Sizes of a data set, to check and complete a configuration.
 *
 * @category Configuration
 */
export interface DataSizes {
  /** Name, for messages. */
  readonly name: string;
  /** Number of items. */
  readonly items: number;
  /** Points per item. */
  readonly pointCount: number;
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
  /** How samples are displayed, which includes the size of their grid, if they have one. */
  readonly display: Display;
}
