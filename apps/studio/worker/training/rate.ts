/**
 * How fast a run trains.
 *
 * @module
 */

/** Milliseconds over which the rate is measured. */
const WINDOW = 10_000;
/** Steps that are not counted after a start or a pause: they compile, or wait. */
const FIRST = 1;

/** Measures steps per second over the last seconds. */
export class Rate {
  readonly #times: number[] = [];
  #skip = FIRST;

  /**
   * Counts a step.
   *
   * @param now Time in milliseconds.
   */
  add(now: number): void {
    if (this.#skip > 0) this.#skip--;
    else {
      this.#times.push(now);
      while (now - this.#times[0]! > WINDOW) this.#times.shift();
    }
  }

  /** Forgets the time before a pause. */
  restart(): void {
    this.#times.length = 0;
    this.#skip = FIRST;
  }

  /** Steps per second; undefined until two steps are counted. */
  get value(): number | undefined {
    const [first] = this.#times, last = this.#times.at(-1);
    return first === undefined || last === undefined || last === first
      ? undefined
      : (this.#times.length - 1) / ((last - first) / 1000);
  }
}
