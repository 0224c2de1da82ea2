/**
 * What a training is asked for, and how it ends.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Communicator, Device } from "@gasp/tensor";
import type { RunConfig } from "../config/run_settings.ts";
import type { RunStore } from "../runs/run_store.ts";
import type { TrainEvents } from "./train_events.ts";
import type { Validation } from "./validation.ts";

/**
 * Arguments of {@link train}.
 *
 * @category Training
 */
export interface TrainRequest {
  /** Configuration of the run. To extend a resumed run, it may have more steps than the checkpoint's configuration. */
  readonly config: RunConfig;
  /** Training data. */
  readonly data: Dataset;
  /** Device to train on; of several ranks each has its own. */
  readonly device: Device;
  /** Storage for the run's files. */
  readonly store: RunStore;
  /** Whether to resume from the newest checkpoint, if there is one. If false, existing checkpoints are an error. */
  readonly resume?: boolean;
  /** Stops the run after the current step, with a checkpoint; one rank that stops stops all. */
  readonly signal?: AbortSignal;
  /** Memory limit of a step in bytes, including the state; met by recomputation. Default: the memory of the device. */
  readonly memoryLimit?: number;
  /** Evaluates the model from time to time and keeps the best checkpoint. Default: none. */
  readonly validation?: Validation;
  /** Callbacks. Files are written by rank 0, so only there it hears of them. */
  readonly events?: TrainEvents;
  /**
   * The ranks that train the run together: each computes its part of every batch, whose size is that of the
   * configuration. All ranks pass the same configuration and data; rank 0 reads and writes the store, and others touch
   * none. Default: one rank.
   */
  readonly communicator?: Communicator;
}

/**
 * How a run ended.
 *
 * @category Training
 */
export interface TrainResult {
  /** Number of completed steps. */
  readonly step: number;
  /** Whether all steps are complete; false if the run was stopped by the signal. */
  readonly finished: boolean;
}
