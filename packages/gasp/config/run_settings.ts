/**
 * The complete configuration of a run: a run is a function of it and of the data. What depends on how the model is trained
 * is in two blocks, `model` and `training`, whose fields the method defines.
 * @module
 */

/** How sheets of samples are made while training. */
export interface SheetConfig {
  /** Samples on a sheet. */
  readonly count: number;
  /** Height of a sample in pixels. */
  readonly resolution: number;
}

/** What every model has, whatever its method: the sizes of the data. */
export interface ModelConfig {
  /** Size of a coordinate: 2 for images, 3 for shapes and the sphere. */
  readonly coordinateDim: number;
  /** Size of a feature: 3 for colours, 1 for grey values, occupancy and temperature. */
  readonly featureDim: number;
}

/** Everything that a run depends on, except the data themselves. */
export interface RunConfig<Model extends ModelConfig = ModelConfig, Training extends object = object> {
  /** Name of the training method, as in the table of methods. */
  readonly method: string;
  /** The preset that it started from, for people. */
  readonly preset: string;
  /** Name of a data set that comes with the program, a file or a folder. */
  readonly data: string;
  /** Height and width to which pictures are resampled. */
  readonly resolution: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Items of the data in a step. */
  readonly batchSize: number;
  /** Seed of everything random. */
  readonly seed: number;
  /** Losses are written every so many steps. */
  readonly logEvery: number;
  /** A sheet of samples is drawn every so many steps, and at the end. */
  readonly sampleEvery: number;
  /** A checkpoint is saved every so many steps, and at the end. */
  readonly saveEvery: number;
  /** How many of the newest checkpoints stay. */
  readonly keepCheckpoints: number;
  /** Checkpoints of multiples of this step stay too; null: none. */
  readonly keepEvery: number | null;
  /** Sheets of samples. */
  readonly sheet: SheetConfig;
  /** The networks: sizes of the data, and fields of the method. */
  readonly model: Model;
  /** How they are trained: fields of the method. */
  readonly training: Training;
}

/** Sizes of data, which a configuration must fit. */
export interface DataSizes {
  /** Name, for messages. */
  readonly name: string;
  /** Points of an item. */
  readonly pointCount: number;
  /** Size of a coordinate. */
  readonly coordinateDim: number;
  /** Size of a feature. */
  readonly featureDim: number;
}
