/**
 * How much work goes into one submit. Drivers take work of some seconds for a hung GPU and reset it, and a screen that
 * the GPU draws stands still meanwhile; so a run is cut into several submits where one would last too long. Where it is
 * cut changes no result.
 *
 * @module
 */

/** Work of a dispatch. */
export interface Work {
  readonly operations: number;
  readonly bytes: number;
}

/** Rates of a slow adapter, per second, that hold until the first run was measured; and what a dispatch costs at least. */
const ASSUMED = { operations: 5e10, bytes: 1e10, dispatch: 5e-6 };

/** Runs shorter than this say little of how long others take. */
const TELLING_SECONDS = 0.02;

/** Estimates how long work takes; learns from the runs that were measured. */
export class Pace {
  readonly #limit: number;
  /** Measured time over estimated time. */
  #slowness = 1;

  /** @param limit Seconds that a submit should not exceed. A single dispatch is never cut. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Seconds that work takes on an adapter of the assumed rates. */
  static estimate({ operations, bytes }: Work): number {
    return Math.max(operations / ASSUMED.operations, bytes / ASSUMED.bytes) + ASSUMED.dispatch;
  }

  /**
   * Cuts a run.
   *
   * @param estimates Seconds of each dispatch, as {@link Pace.estimate} gives them.
   * @returns The end of each part, as a number of dispatches; the last is their number.
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
   * Takes a finished run into account.
   *
   * @param estimate Seconds that were estimated for it.
   * @param seconds Seconds that it took.
   * @param exact False if it may have taken less.
   */
  measured(estimate: number, seconds: number, exact: boolean): void {
    const slowness = seconds / estimate;
    if (slowness < this.#slowness || (exact && seconds >= TELLING_SECONDS)) this.#slowness = slowness;
  }
}
