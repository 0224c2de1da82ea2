/**
 * How long a comparison takes, in words.
 * @module
 */
import type { ComparedRun, ComparisonPlan } from "@gasp/gasp/compare";
import { countOf } from "../device/device.ts";
import { formatTime } from "./duration.ts";

/** Tells before the first run how long all take, and after each how long the others will. */
export class RunProgress {
  readonly #clock: string;
  readonly #now: () => number;
  #left = 0;
  #done = 0;
  #started = 0;

  /**
   * Starts at no run.
   *
   * @param clock What the clock of the comparison measures, such as `processor time of all threads`.
   * @param now Clock in milliseconds, for the time left.
   */
  constructor(clock: string, now: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#now = now;
  }

  /**
   * Describes a plan; the time of its first run starts.
   *
   * @param plan What is left to do.
   */
  start({ runs, seconds }: ComparisonPlan): string {
    this.#left = runs;
    this.#started = this.#now();
    if (runs === 0) return "all runs are done";
    const time = seconds === undefined
      ? "the time left is shown after the first"
      : `about ${formatTime(seconds)} of ${this.#clock}, besides compilation and evaluation`;
    return `${countOf(runs, "run")} to train: ${time}`;
  }

  /**
   * Describes what is left after a run, by the mean time of those before it, evaluation included.
   *
   * @param run The run.
   * @returns Such as `; 14 runs left, about 9m30s`; empty after the last, and after one that was stopped.
   */
  next({ values, failure }: ComparedRun): string {
    if (!values && failure === undefined) return "";
    this.#done++;
    this.#left--;
    if (this.#left <= 0) return "";
    const mean = (this.#now() - this.#started) / 1000 / this.#done;
    return `; ${countOf(this.#left, "run")} left, about ${formatTime(mean * this.#left)}`;
  }
}
