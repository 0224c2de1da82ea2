/**
 * Speed of work, measured over a sliding window.
 * @module
 */

/** Window over which the speed is measured, in milliseconds, so that a pause affects it only briefly. */
const WINDOW = 10_000;
/** Shortest time over which a speed is meaningful, in milliseconds. */
const MIN_TIME = 500;

/** Measures speed. */
export class Rate {
  readonly #marks: { readonly done: number; readonly time: number }[] = [];

  /**
   * Records how much is done. Work before the first call, such as warm-up, does not count.
   *
   * @param done Amount of work.
   * @param time Clock in milliseconds.
   */
  mark(done: number, time: number): void {
    this.#marks.push({ done, time });
    while (this.#marks.length > 2 && this.#marks[1]!.time < time - WINDOW) this.#marks.shift();
  }

  /** Amount of work per second; 0 if not yet known. */
  get perSecond(): number {
    const first = this.#marks[0], last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.time - first.time < MIN_TIME) return 0;
    return (1000 * (last.done - first.done)) / (last.time - first.time);
  }
}
