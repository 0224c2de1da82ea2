/**
 * How much work goes into one submit. Drivers treat work of several seconds as a hung GPU and reset it, and a display
 * driven by the GPU freezes meanwhile; so a run that would take too long is divided into several submits. The division
 * does not affect results.
 *
 * @module
 */

/** Work of a dispatch. */
export interface Work {
  readonly operations: number;
  readonly bytes: number;
}

/** Assumed rates per second of a slow adapter until the first run is measured, and the minimum cost of a dispatch. */
const ASSUMED = { operations: 5e10, bytes: 1e10, dispatch: 5e-6 };

/** Shorter runs are too noisy to estimate others by. */
const MIN_MEASURED_SECONDS = 0.02;

/** Estimates the duration of work, calibrated by measured runs. */
export class Pace {
  readonly #limit: number;
  /** Ratio of measured to estimated time. */
  #slowness = 1;

  /** @param limit Maximum seconds per submit. A single dispatch is never divided. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Estimates the seconds of work at the assumed rates. */
  static estimate({ operations, bytes }: Work): number {
    return Math.max(operations / ASSUMED.operations, bytes / ASSUMED.bytes) + ASSUMED.dispatch;
  }

  /**
   * Divides a run into submits.
   *
   * @param estimates Estimated seconds of each dispatch, by {@link Pace.estimate}.
   * @returns The end of each part, as a dispatch index; the last is their number.
   */
  cut(estimates: readonly number[]): number[] {
    const ends: number[] = [];
    let seconds = 0;
    estimates.forEach((estimate, i) => {
      const more = estimate * this.#slowness;
      if (i > 0 && seconds + more > this.#limit) {
        ends.push(i);
        seconds = 0;
      }
      seconds += more;
    });
    return [...ends, estimates.length];
  }

  /**
   * Calibrates by a finished run.
   *
   * @param estimate Estimated seconds.
   * @param seconds Measured seconds.
   * @param exact False if `seconds` is only an upper bound.
   */
  measured(estimate: number, seconds: number, exact: boolean): void {
    const slowness = seconds / estimate;
    if (slowness < this.#slowness || (exact && seconds >= MIN_MEASURED_SECONDS)) this.#slowness = slowness;
  }
}
