/**
 * Learning-rate schedules, as functions of the number of completed steps. They are part of the program, so that
 * training needs no argument for them and resumes identically after a restart.
 * @module
 */
import {
  add,
  cast,
  cos,
  div,
  floor,
  less,
  maximum,
  minimum,
  mul,
  pow,
  scalar,
  sub,
  type Tensor,
  where,
} from "@gasp/tensor";

/**
 * A learning rate.
 *
 * @param step Number of completed steps, i32, shape `[]`: 0 in the first step.
 * @returns f32, shape `[]`.
 * @category Optimisers
 */
export type Schedule = (step: Tensor) => Tensor;

function checkSteps(name: string, steps: number): void {
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new RangeError(`${name} needs an integer number of steps, at least 1, got ${steps}`);
  }
}

function checkRates(name: string, rates: readonly number[]): void {
  for (const rate of rates) {
    if (!(Number.isFinite(rate) && rate >= 0)) {
      throw new RangeError(`${name} needs finite nonnegative rates, got ${rate}`);
    }
  }
}

/** Completed fraction of `steps`, from 0 to 1. */
function progress(step: Tensor, steps: number): Tensor {
  return minimum(div(cast(step, "f32"), steps), 1);
}

/**
 * A constant learning rate.
 *
 * @param rate Learning rate.
 * @category Optimisers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { constantRate } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = constantRate(0.5);
 * const rates = [0, 1000].map((step) => schedule(tensor(Int32Array.of(step), [])));
 * const values = await Promise.all(rates.map(async (rate) => (await (await evaluate(rate)).data())[0]));
 * assertEquals(values, [0.5, 0.5]);
 * ```
 */
export function constantRate(rate: number): Schedule {
  checkRates("constantRate()", [rate]);
  return () => scalar(rate);
}

/**
 * Options of {@link linearDecay} and {@link cosineDecay}.
 *
 * @category Optimisers
 */
export interface DecayOptions {
  /** Initial rate. */
  readonly from: number;
  /** Final rate, after `steps` steps. Default: 0. */
  readonly to?: number;
  /** Number of steps of the decay. */
  readonly steps: number;
}

/**
 * Linear decay from one rate to another.
 *
 * @param options Rates and steps.
 * @throws {RangeError} If a rate is negative or `steps` is not an integer from 1.
 * @category Optimisers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linearDecay } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = linearDecay({ from: 1, to: 0.5, steps: 100 });
 * const rates = [0, 50, 100, 200].map((step) => schedule(tensor(Int32Array.of(step), [])));
 * const values = await Promise.all(rates.map(async (rate) => (await (await evaluate(rate)).data())[0]));
 * assertEquals(values, [1, 0.75, 0.5, 0.5]);
 * ```
 */
export function linearDecay({ from, to = 0, steps }: DecayOptions): Schedule {
  checkSteps("linearDecay()", steps);
  checkRates("linearDecay()", [from, to]);
  return (step) => add(from, mul(progress(step, steps), to - from));
}

/**
 * Cosine decay from one rate to another over half a period (Loshchilov & Hutter, 2017).
 *
 * @param options Rates and steps.
 * @throws {RangeError} If a rate is negative or `steps` is not an integer from 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cosineDecay } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = cosineDecay({ from: 1, to: 0.5, steps: 100 });
 * const rates = [0, 50, 100, 200].map((step) => schedule(tensor(Int32Array.of(step), [])));
 * const values = await Promise.all(rates.map(async (rate) => (await (await evaluate(rate)).data())[0]));
 * assertEquals(values, [1, 0.75, 0.5, 0.5]);
 * ```
 *
 * @category Optimisers
 */
export function cosineDecay({ from, to = 0, steps }: DecayOptions): Schedule {
  checkSteps("cosineDecay()", steps);
  checkRates("cosineDecay()", [from, to]);
  const middle = (from + to) / 2, half = (from - to) / 2;
  return (step) => add(middle, mul(cos(mul(progress(step, steps), Math.PI)), half));
}

/**
 * Options of {@link exponentialDecay} and {@link stepDecay}.
 *
 * @category Optimisers
 */
export interface FactorOptions {
  /** Initial rate. */
  readonly from: number;
  /** Factor of the rate per `steps` steps, above 0. */
  readonly factor: number;
  /** Number of steps. */
  readonly steps: number;
}

/**
 * `from · factor^(step / steps)`.
 *
 * @param options Rate, factor and steps.
 * @throws {RangeError} If the rate is negative, the factor is not above 0, or `steps` is not an integer from 1.
 * @category Optimisers
 *
 * @example Half of the way is the root of the factor
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exponentialDecay } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = exponentialDecay({ from: 1, factor: 0.25, steps: 100 });
 * const rates = [0, 50, 100].map((step) => schedule(tensor(Int32Array.of(step), [])));
 * const values = await Promise.all(rates.map(async (rate) => (await (await evaluate(rate)).data())[0]));
 * assertEquals(values, [1, 0.5, 0.25]);
 * ```
 */
export function exponentialDecay(options: FactorOptions): Schedule {
  return powerDecay("exponentialDecay()", options, (count) => count);
}

/**
 * `from · factor^⌊step / steps⌋`: the rate is multiplied by a factor every `steps` steps.
 *
 * @param options Rate, factor and steps.
 * @throws {RangeError} If the rate is negative, the factor is not above 0, or `steps` is not an integer from 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stepDecay } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = stepDecay({ from: 1, factor: 0.5, steps: 1000 });
 * const rates = [999, 1000, 2500].map((step) => schedule(tensor(Int32Array.of(step), [])));
 * const values = await Promise.all(rates.map(async (rate) => (await (await evaluate(rate)).data())[0]));
 * assertEquals(values, [1, 0.5, 0.25]);
 * ```
 *
 * @category Optimisers
 */
export function stepDecay(options: FactorOptions): Schedule {
  return powerDecay("stepDecay()", options, floor);
}

function powerDecay(name: string, { from, factor, steps }: FactorOptions, exponent: Schedule): Schedule {
  checkSteps(name, steps);
  checkRates(name, [from]);
  if (!(Number.isFinite(factor) && factor > 0)) {
    throw new RangeError(`${name} needs a factor above 0, got ${factor}`);
  }
  return (step) => mul(pow(factor, exponent(div(cast(step, "f32"), steps))), from);
}

/**
 * Options of {@link linearWarmup}.
 *
 * @category Optimisers
 */
export interface WarmupOptions {
  /** Number of warm-up steps. */
  readonly steps: number;
  /** Initial rate. Default: 0. */
  readonly from?: number;
}

/**
 * Linear warm-up to the first rate of a schedule, then the schedule.
 *
 * @param schedule A rate, or a schedule whose steps count from the end of the warm-up.
 * @param options Length of the warm-up.
 * @throws {RangeError} If the rate is negative or `steps` is not an integer from 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linearWarmup } from "@gasp/autograd/optim";
 * import { evaluate, tensor } from "@gasp/tensor";
 *
 * const schedule = linearWarmup(0.5, { steps: 10 });
 * const rate = await evaluate(schedule(tensor(Int32Array.of(5), [])));
 * assertEquals((await rate.data())[0], 0.25);
 * ```
 *
 * @category Optimisers
 */
export function linearWarmup(schedule: number | Schedule, { steps, from = 0 }: WarmupOptions): Schedule {
  checkSteps("linearWarmup()", steps);
  checkRates("linearWarmup()", [from]);
  const after = typeof schedule === "number" ? constantRate(schedule) : schedule;
  return (step) => {
    const first = after(tensorLike(step, 0));
    const rising = add(from, mul(progress(step, steps), sub(first, from)));
    return where(less(step, steps), rising, after(maximum(sub(step, steps), 0)));
  };
}

/** Returns a scalar of the type of a step. */
function tensorLike(step: Tensor, value: number): Tensor {
  return scalar(value, step.dtype);
}
