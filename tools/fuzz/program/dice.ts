/**
 * Random choices as a pure function of a seed, by Philox, so that a seed reproduces a program on every machine.
 * @module
 */
import { randomBits } from "@gasp/tensor";

/** Words that are generated at once: few for a program, more and more for the elements of a tensor. */
const FIRST_BATCH = 64, LARGEST_BATCH = 4096;

/** A sequence of random choices. */
export class Dice {
  readonly #seed: number;
  readonly #stream: string;
  #words: Uint32Array = new Uint32Array(0);
  #used = 0;
  #step = 0;

  /**
   * Starts a sequence.
   *
   * @param seed An integer from 0 to 2^53 - 1.
   * @param stream Purpose; different streams are independent.
   */
  constructor(seed: number, stream: string) {
    this.#seed = seed;
    this.#stream = stream;
  }

  #word(): number {
    if (this.#used === this.#words.length) {
      const count = Math.min(LARGEST_BATCH, FIRST_BATCH * 2 ** this.#step);
      this.#words = randomBits({ seed: this.#seed, stream: this.#stream, step: this.#step++ }, count);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Returns a number from 0 to 1, exclusive. */
  unit(): number {
    return this.#word() / 2 ** 32;
  }

  /**
   * Returns an integer from 0 to `bound - 1`.
   *
   * @param bound At least 1.
   */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /**
   * Returns an integer from `low` to `high`, both included.
   *
   * @param low Least.
   * @param high Largest.
   */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /**
   * Returns true with a probability.
   *
   * @param probability From 0 to 1.
   */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /**
   * Returns one of several values.
   *
   * @param values At least one.
   */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /**
   * Returns the values in random order.
   *
   * @param values Any values.
   */
  shuffled<T>(values: readonly T[]): T[] {
    const left = [...values];
    for (let i = left.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [left[i], left[j]] = [left[j]!, left[i]!];
    }
    return left;
  }
}
