/**
 * Validation during training: values of the running model by a metric, the best of them, and whether the model has become
 * clearly worse since.
 * @module
 */
import type { Tree } from "@gasp/tensor";
import type { Estimate } from "../metrics/core/estimate.ts";
import type { BestCheckpoint } from "../runs/best.ts";
import type { Sampler } from "../sampling/sampler.ts";

/**
 * How a run is validated.
 *
 * @category Training
 */
export interface Validation {
  /** Steps between evaluations; the last step is evaluated too. */
  readonly every: number;
  /** Name of the value that decides which checkpoint is the best. */
  readonly best: string;
  /** Which values are better. */
  readonly direction: "lower" | "higher";
  /**
   * Evaluates the model.
   *
   * @param sampler Sampler of the generator.
   * @param weights Its weights, the moving average if there is one.
   * @returns Values by name; `best` is one of them.
   */
  evaluate(sampler: Sampler, weights: Tree): Promise<Readonly<Record<string, Estimate>>>;
}

/**
 * Result of an evaluation during training.
 *
 * @category Training
 */
export interface ValidationResult {
  /** Number of completed steps. */
  readonly step: number;
  /** Values by name. */
  readonly values: Readonly<Record<string, Estimate>>;
  /** The best checkpoint so far, this one included. */
  readonly best: BestCheckpoint;
  /** Whether the intervals of this value and of the previous one lie on the worse side of that of the best. */
  readonly isClearlyWorse: boolean;
}

/** Number of consecutive evaluations outside the interval of the best that count as clearly worse. */
const CONSECUTIVE = 2;

/** Remembers the best of a sequence of evaluations. */
export class BestTracker {
  readonly #validation: Pick<Validation, "best" | "direction">;
  #best: BestCheckpoint | undefined;
  #worse = 0;

  /**
   * Constructs a tracker.
   *
   * @param validation Name and direction of the value.
   * @param before Best checkpoint of a run to resume; ignored if it was chosen by another value.
   */
  constructor(validation: Pick<Validation, "best" | "direction">, before?: BestCheckpoint) {
    this.#validation = validation;
    this.#best = before?.metric === validation.best ? before : undefined;
  }

  /** The best so far. */
  get best(): BestCheckpoint | undefined {
    return this.#best;
  }

  /**
   * Adds an evaluation.
   *
   * @param step Number of completed steps.
   * @param values Values by name.
   */
  add(step: number, values: Readonly<Record<string, Estimate>>): ValidationResult {
    const { best: metric, direction } = this.#validation, estimate = values[metric];
    if (!estimate) throw new RangeError(`the evaluation has no value ${metric}`);
    const { value, low, high } = estimate, before = this.#best;
    const isBetter = !before || (direction === "lower" ? value < before.value : value > before.value);
    if (isBetter) this.#best = { step, metric, value, low, high };
    const isOutside = before && !isBetter &&
      (direction === "lower" ? low > before.high : high < before.low);
    this.#worse = isOutside ? this.#worse + 1 : 0;
    return { step, values, best: this.#best!, isClearlyWorse: this.#worse >= CONSECUTIVE };
  }
}
