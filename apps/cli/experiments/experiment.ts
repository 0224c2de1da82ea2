/**
 * The interface of an experiment: a table or figure of the paper, at several scales.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Checkpoint, RasterImage, RunConfig, RunStore } from "@gasp/gasp";
import type { Device } from "@gasp/tensor";
import type { Scale, SubjectName } from "./settings.ts";

/** Data that an experiment trains on, and the models that are trained on them. */
export interface Subject {
  /** Name. */
  readonly name: SubjectName;
  /** The data. */
  readonly data: Dataset;
  /**
   * Returns the configuration of a method.
   *
   * @param method Name of the method.
   */
  config(method: string): RunConfig;
  /**
   * Trains a method, resumes its training, or opens it if it is trained. Experiments share the results.
   *
   * @param method Name of the method.
   * @throws {Stopped} If the user stopped the training.
   */
  train(method: string): Promise<Checkpoint>;
  /**
   * Opens the folder of a trained run.
   *
   * @param method Name of the method.
   */
  store(method: string): Promise<RunStore>;
}

/** What an experiment works with. */
export interface ExperimentContext {
  /** Scale. */
  readonly scale: Scale;
  /** Steps of each training, if they are not those of its configuration. */
  readonly steps: number | undefined;
  /** Device to compute on. */
  readonly device: Device;
  /** Clock in seconds: processor time, or on a GPU wall-clock time. */
  readonly clock: () => number;
  /** The machine, in words. */
  readonly machine: Readonly<Record<string, string>>;
  /** Number of pictures per row of a sheet. */
  readonly columns: number;
  /** Stops the experiment. */
  readonly signal: AbortSignal;
  /** Weights of the Inception network, if the user has them. */
  readonly inception: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  /**
   * Opens data, passes them to a function, and closes them.
   *
   * @param name Which data.
   * @param use Uses them.
   */
  withSubject<T>(name: SubjectName, use: (subject: Subject) => Promise<T>): Promise<T>;
  /** Opens a folder in that of the experiment. @param path Path relative to it; `""` for the folder itself. */
  open(path: string): Promise<RunStore>;
  /** Writes a picture. @param name Name of the file. @param picture The picture. */
  picture(name: string, picture: RasterImage): Promise<void>;
  /** Writes a text, such as a plot. @param name Name of the file. @param text Contents. */
  text(name: string, text: string): Promise<void>;
  /** Shows what is being done. @param what Description. */
  part(what: string): void;
  /** Shows how much of it is done. @param fraction From 0 to 1. */
  progress(fraction: number): void;
}

/** Thrown when the user has stopped an experiment, which continues with the same command. */
export class Stopped extends Error {}

/** A table or figure of the paper. */
export interface Experiment {
  /** Name on the command line, such as `figure5`. */
  readonly name: string;
  /** What the paper shows, and what this experiment shows beyond that or instead. */
  readonly caption: string;
  /**
   * Returns which data it needs.
   *
   * @param scale Scale.
   */
  subjects(scale: Scale): readonly SubjectName[];
  /** Whether the paper scale needs the weights of the Inception network. */
  readonly needsInception?: boolean;
  /**
   * Trains what it needs and writes pictures and plots.
   *
   * @param context Data, device, output.
   * @returns Results in Markdown, such as a table.
   */
  run(context: ExperimentContext): Promise<string>;
}
