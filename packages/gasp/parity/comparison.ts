/**
 * Comparison with a fixture, tensor by tensor, summed up in the groups that the noise floors are given for.
 * @module
 */
import type { Fixture } from "./fixture.ts";

/**
 * Noise floors by group: by how much the authors' float32 run differs from a float64 replay.
 *
 * @category Metrics
 */
export type Floors = { readonly [group: string]: number };

/**
 * Floor of a group that has none, or a smaller one: the rounding of float32.
 *
 * @category Metrics
 */
export const LEAST_FLOOR = 1.2e-7;
/**
 * How many times the floor an error may be.
 *
 * @category Metrics
 */
export const ALLOWED_RATIO = 20;
/**
 * Weights after Adam are compared in learning rates. The first step is the sign of the gradient, so where a gradient is
 * all rounding noise the weight may go the other way: two rates a step. With the allowed ratio that is this floor.
 */
const RATES_FLOOR = 2 / ALLOWED_RATIO;
/** Few weights may do so: over a network, the root mean square stays below a fifth of a rate for each step. */
const TYPICAL_RATES_FLOOR = 0.2 / ALLOWED_RATIO;

/**
 * The worst of a group.
 *
 * @category Metrics
 */
export interface GroupResult {
  /** Name of the group: `train.grad`. */
  readonly group: string;
  /** Name of the tensor with the largest error. */
  readonly tensor: string;
  /** Largest difference over largest value of that tensor; for weights after Adam, in learning rates. */
  readonly error: number;
  /** What the error is held against. */
  readonly floor: number;
  /** Their quotient; at most {@link ALLOWED_RATIO} passes. */
  readonly ratio: number;
}

/** Collects errors. */
export class Comparison {
  readonly #fixture: Fixture;
  readonly #floors: Floors;
  readonly #worst = new Map<string, GroupResult>();
  readonly #squares = new Map<string, { sum: number; count: number }>();
  readonly #compared = new Set<string>();

  /**
   * @param fixture What is expected.
   * @param floors Noise floors of this file.
   */
  constructor(fixture: Fixture, floors: Floors) {
    this.#fixture = fixture;
    this.#floors = floors;
  }

  /**
   * Compares one tensor, relative to its largest value.
   *
   * @param name Its name in the fixture.
   * @param actual What was computed.
   * @throws {RangeError} If the number of elements differs.
   */
  relative(name: string, actual: ArrayLike<number>): void {
    const expected = this.#expected(name, actual);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = largestDifference(actual, expected) / (largest || 1);
    const group = groupOf(name);
    this.#keep(group, name, error, Math.max(this.#floors[group] ?? 0, LEAST_FLOOR));
  }

  /**
   * Compares something that the noise of the weights reaches, after some steps of Adam.
   *
   * @param name Its name in the fixture.
   * @param actual What was computed.
   * @param rate Learning rate.
   * @param steps Number of steps.
   * @throws {RangeError} If the number of elements differs.
   */
  inRates(name: string, actual: ArrayLike<number>, rate: number, steps: number): void {
    const error = largestDifference(actual, this.#expected(name, actual)) / rate;
    this.#keep(groupOf(name), name, error, RATES_FLOOR * steps);
  }

  /**
   * Compares a weight after some steps of Adam: every element, and together with all other weights of its group how far
   * they are off typically.
   *
   * @param name Its name in the fixture.
   * @param actual What was computed.
   * @param rate Learning rate.
   * @param steps Number of steps.
   * @throws {RangeError} If the number of elements differs.
   */
  weightInRates(name: string, actual: ArrayLike<number>, rate: number, steps: number): void {
    this.inRates(name, actual, rate, steps);
    const expected = this.#expected(name, actual), group = `${groupOf(name)} typically`;
    const squares = this.#squares.get(group) ?? { sum: 0, count: 0 };
    expected.forEach((value, i) => squares.sum += ((actual[i]! - value) / rate) ** 2);
    squares.count += expected.length;
    this.#squares.set(group, squares);
    this.#worst.delete(group);
    this.#keep(group, name, Math.sqrt(squares.sum / squares.count), TYPICAL_RATES_FLOOR * steps);
  }

  /**
   * Compares whole numbers, of which none may be wrong.
   *
   * @param name Their name in the fixture.
   * @param wrong How many are.
   */
  numbers(name: string, wrong: number): void {
    this.#compared.add(name);
    this.#keep(`${groupOf(name)} numbers`, name, wrong, LEAST_FLOOR);
  }

  /**
   * Compares something that follows from a tensor of the fixture, relative to its largest value.
   *
   * @param name The tensor's name.
   * @param actual What was computed.
   * @param expected What follows from the fixture.
   */
  difference(name: string, actual: ArrayLike<number>, expected: Float64Array): void {
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    this.#keep(groupOf(name), name, largestDifference(actual, expected) / (largest || 1), LEAST_FLOOR);
  }

  /** Marks a tensor as not to be compared. @param name Its name in the fixture. */
  leaveOut(name: string): void {
    this.#compared.add(name);
  }

  /** Tensors of the fixture that were neither compared nor left out. @param isResult Tells results from inputs. */
  missing(isResult: (name: string) => boolean): string[] {
    return this.#fixture.names.filter((name) => isResult(name) && !this.#compared.has(name));
  }

  /** The worst of each group. */
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

  #keep(group: string, tensor: string, error: number, floor: number): void {
    const result = { group, tensor, error, floor, ratio: error / floor }, before = this.#worst.get(group);
    this.#worst.set(group, before ? worse(before, result) : result);
  }
}

/** The result with the larger ratio; NaN is worse than any number. @param a One result. @param b Another. */
export function worse(a: GroupResult, b: GroupResult): GroupResult {
  return Number.isNaN(a.ratio) || a.ratio >= b.ratio ? a : b;
}

/** The first two parts of a name: `train.grad.linear.weight` → `train.grad`. */
function groupOf(name: string): string {
  return name.split(".").slice(0, 2).join(".");
}

/** NaN if any element is. */
function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(actual[i]! - expected[i]!));
  return most;
}
