/**
 * Random numbers of a trial: a function of its seed, so that a failure can be repeated.
 * @module
 */

/** A generator of random numbers: Tommy Ettinger's mulberry32. */
export class Random {
  #state: number;

  /**
   * Constructs a generator.
   *
   * @param seed Seed, an integer.
   */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Returns an integer from 0 to 2³² - 1. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Returns an integer from 0 to `bound` - 1. @param bound Bound. */
  below(bound: number): number {
    return this.bits() % bound;
  }

  /** Returns a number in [low, high). @param low Lower end. @param high Upper end. */
  between(low: number, high: number): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  /** Returns one of several values. @param values Values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
