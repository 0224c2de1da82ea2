/**
 * Comparison of computed tensors with those of a fixture, summarised in groups with a noise floor each.
 * @module
 */
import type { Fixture } from "./fixture.ts";

/**
 * Noise floors by group: the error of the authors' code in float32, measured against float64.
 *
 * @category Metrics
 */
export type Floors = { readonly [group: string]: number };

/**
 * Lower bound of every noise floor, and the floor of groups without one: the rounding error of float32.
 *
 * @category Metrics
 */
export const MIN_FLOOR = 1.2e-7;
/**
 * Largest ratio of an error to its noise floor that passes.
 *
 * @category Metrics
 */
export const ALLOWED_RATIO = 20;
/**
 * Floor of weights after Adam, in learning rates per step. Adam's first update is the learning rate times the sign of the
 * gradient, so a weight whose gradient is only rounding noise may move the other way, a difference of two rates per step.
 */
const RATES_FLOOR = 2 / ALLOWED_RATIO;
/** Only a few weights may do so: the root mean square over a network is at most a fifth of a rate per step. */
const RMS_RATES_FLOOR = 0.2 / ALLOWED_RATIO;

/**
 * Largest error of a group, relative to its noise floor.
 *
 * @category Metrics
 */
export interface GroupResult {
  /** Name of the group: `train.grad`. */
  readonly group: string;
  /** Name of the tensor with the largest error. */
  readonly tensor: string;
  /** Largest absolute difference, relative to the largest value of the tensor; for weights after Adam, in learning rates. */
  readonly error: number;
  /** Noise floor of the group. */
  readonly floor: number;
  /** `error / floor`; passes up to {@linkcode ALLOWED_RATIO}. */
  readonly ratio: number;
}

/** Compares computed tensors with those of a fixture and collects the largest error of each group. */
export class Comparison {
  readonly #fixture: Fixture;
  readonly #floors: Floors;
  readonly #worst = new Map<string, GroupResult>();
  readonly #squares = new Map<string, { sum: number; count: number }>();
  readonly #compared = new Set<string>();

  /**
   * @param fixture Expected tensors.
   * @param floors Noise floors of the fixture.
   */
  constructor(fixture: Fixture, floors: Floors) {
    this.#fixture = fixture;
    this.#floors = floors;
  }

  /**
   * Compares a tensor, relative to its largest value.
   *
   * @param name Its name in the fixture.
   * @param actual Computed elements.
   * @throws {RangeError} If the number of elements differs.
   */
  relative(name: string, actual: ArrayLike<number>): void {
    const expected = this.#expected(name, actual);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = largestDifference(actual, expected) / (largest || 1);
    const group = groupOf(name);
    this.#record(group, name, error, Math.max(this.#floors[group] ?? 0, MIN_FLOOR));
  }

  /**
   * Compares a tensor after steps of Adam, in learning rates.
   *
   * @param name Its name in the fixture.
   * @param actual Computed elements.
   * @param rate Learning rate.
   * @param steps Number of steps.
   * @throws {RangeError} If the number of elements differs.
   */
  inRates(name: string, actual: ArrayLike<number>, rate: number, steps: number): void {
    const error = largestDifference(actual, this.#expected(name, actual)) / rate;
    this.#record(groupOf(name), name, error, RATES_FLOOR * steps);
  }

  /**
   * Compares a weight after steps of Adam, in learning rates: every element, and the root mean square error over all
   * weights of its group.
   *
   * @param name Its name in the fixture.
   * @param actual Computed elements.
   * @param rate Learning rate.
   * @param steps Number of steps.
   * @throws {RangeError} If the number of elements differs.
   */
  weightInRates(name: string, actual: ArrayLike<number>, rate: number, steps: number): void {
    this.inRates(name, actual, rate, steps);
    const expected = this.#expected(name, actual), group = `${groupOf(name)} RMS`;
    const squares = this.#squares.get(group) ?? { sum: 0, count: 0 };
    expected.forEach((value, i) => squares.sum += ((actual[i]! - value) / rate) ** 2);
    squares.count += expected.length;
    this.#squares.set(group, squares);
    this.#worst.delete(group);
    this.#record(group, name, Math.sqrt(squares.sum / squares.count), RMS_RATES_FLOOR * steps);
  }

  /**
   * Records the number of wrong integers in an index table; a single one fails.
   *
   * @param name Name of the table in the fixture.
   * @param wrong Number of wrong rows or indices.
   */
  mismatches(name: string, wrong: number): void {
    this.#compared.add(name);
    this.#record(`${groupOf(name)} indices`, name, wrong, MIN_FLOOR);
  }

  /**
   * Compares values derived from a tensor of the fixture, relative to their largest.
   *
   * @param name Name of the tensor.
   * @param actual Computed values.
   * @param expected Values derived from the fixture.
   */
  difference(name: string, actual: ArrayLike<number>, expected: Float64Array): void {
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    this.#record(groupOf(name), name, largestDifference(actual, expected) / (largest || 1), MIN_FLOOR);
  }

  /** Excludes a tensor from the comparison. @param name Its name in the fixture. */
  exclude(name: string): void {
    this.#compared.add(name);
  }

  /** Names of results that were neither compared nor excluded. @param isResult Whether a tensor is a result. */
  missing(isResult: (name: string) => boolean): string[] {
    return this.#fixture.names.filter((name) => isResult(name) && !this.#compared.has(name));
  }

  /** Results of all groups. */
  get groups(): GroupResult[] {
    return [...this.#worst.values()];
  }

  #expected(name: string, actual: ArrayLike<number>): Float32Array {
    const { data } = this.#fixture.floats(name);
    if (data.length !== actual.length) {
      throw new RangeError(`'${name}' has ${data.length} elements, but ${actual.length} were computed`);
    }
    this.#compared.add(name);
    return data;
  }

  #record(group: string, tensor: string, error: number, floor: number): void {
    const result = { group, tensor, error, floor, ratio: error / floor }, before = this.#worst.get(group);
    this.#worst.set(group, before ? worse(before, result) : result);
  }
}

/** Returns the result with the larger ratio; NaN counts as larger than any number. @param a A result. @param b Another. */
export function worse(a: GroupResult, b: GroupResult): GroupResult {
  return Number.isNaN(a.ratio) || a.ratio >= b.ratio ? a : b;
}

/** First two components of a name: `train.grad.linear.weight` → `train.grad`. */
function groupOf(name: string): string {
  return name.split(".").slice(0, 2).join(".");
}

/** Largest absolute difference; NaN if any is. */
function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(actual[i]! - expected[i]!));
  return most;
}
