/**
 * A warning about training that would take very long, with what takes minutes instead.
 * @module
 */
import type { Display } from "@gasp/datasets";
import type { RunConfig } from "@gasp/gasp";
import { formatTime } from "./duration.ts";

/** Time after which the duration of a run is estimated, in milliseconds; one step if it takes longer. */
const MEASURED = 5000;
/** Duration that is reported, in seconds. */
const LONG = 4 * 3600;

/** Presets that take minutes on two cores, by the kind of their samples. */
const QUICK: Partial<Record<Display["kind"], string>> = {
  image: "photos32",
  volume: "chairs16",
  sphere: "climate",
};

/** Estimates how long a run will take, once. */
export class LongRunWarning {
  readonly #first: number;
  readonly #config: RunConfig;
  readonly #display: Display;
  readonly #now: () => number;
  readonly #started: number;
  #isDecided = false;

  /**
   * Starts to measure the steps of a run.
   *
   * @param first Number of completed steps.
   * @param config Configuration of the run.
   * @param display Display of the data.
   * @param now Clock in milliseconds.
   */
  constructor(
    first: number,
    config: RunConfig,
    display: Display,
    now: () => number = () => performance.now(),
  ) {
    this.#first = first;
    this.#config = config;
    this.#display = display;
    this.#now = now;
    this.#started = now();
  }

  /**
   * Reports a completed step.
   *
   * @param step Number of completed steps.
   * @returns A warning, at most once.
   */
  after(step: number): string | undefined {
    const elapsed = this.#now() - this.#started;
    if (this.#isDecided || elapsed < MEASURED) return undefined;
    this.#isDecided = true;
    const { steps, preset } = this.#config;
    const seconds = (steps - this.#first) * elapsed / (step - this.#first) / 1000;
    if (seconds < LONG) return undefined;
    const what = this.#first === 0 ? "this run" : "the rest of this run";
    const quick = QUICK[this.#display.kind];
    const advice = quick === undefined || quick === preset
      ? "choose fewer --steps"
      : `--preset ${quick} takes minutes on two cores; or choose fewer --steps`;
    return `${what} would take about ${formatTime(seconds)} on this machine: ${advice}`;
  }
}
