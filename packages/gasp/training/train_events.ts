/**
 * What a run reports while it trains.
 * @module
 */
import type { PlanReport, Tree } from "@gasp/tensor";
import type { RasterImage } from "../image/mod.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { ValidationResult } from "./validation.ts";

/**
 * Losses of a step by name, in the order of the method: the most informative first.
 *
 * @category Training
 */
export type LossValues = { readonly [name: string]: number };

/**
 * The generator of a run between two steps. The next step overwrites its weights.
 *
 * @category Training
 */
export interface RunningModel {
  /** Draws samples, on the device of the run. */
  readonly sampler: Sampler;
  /** Weights of the generator, the moving average if there is one. */
  readonly weights: Tree;
}

/**
 * Callbacks of a run. Paths are relative to the run's folder.
 *
 * @category Training
 */
export interface TrainEvents {
  /** The step is compiled and ready to run. */
  onReady?(
    ready: { readonly step: number; readonly plan: PlanReport | undefined; readonly seconds: number },
  ): void;
  /** A step is complete. */
  onStep?(step: number): void;
  /** Losses were read. */
  onLosses?(step: number, losses: LossValues): void;
  /** A sheet of samples was written. */
  onSheet?(path: string, sheet: RasterImage): void;
  /** The model was evaluated. */
  onValidation?(result: ValidationResult): void;
  /** A checkpoint was saved. */
  onCheckpoint?(path: string, step: number): void;
  /**
   * A step is complete, and all that it writes is written. The run waits for the returned promise: to pause it, or to draw the
   * model.
   */
  betweenSteps?(step: number, model: RunningModel | undefined): Promise<void> | undefined;
}
