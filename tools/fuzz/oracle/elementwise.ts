/**
 * Error bounds of element-wise operations, for every record of the table: the operation is evaluated in double
 * precision at its arguments and at the corners of their bounds.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { elementwise, type ElementwiseName } from "@gasp/tensor/compiler";
import { ACCURACY, boundOn, unitAt } from "../../accuracy/bounds.ts";
import { type Arithmetic, type Bounded, withinRange } from "./bounded.ts";

/** Added to deviations at corners, since the largest may lie between them. */
const SLACK = 1.5;

/** Operations whose result, if it is an f32 number for exact arguments, all devices return. */
const ROUNDED = new Set<ElementwiseName>(["add", "sub", "mul"]);
const DIVISIONS = new Set<ElementwiseName>(["div", "sqrt"]);
const CHOOSING = new Set<ElementwiseName>([
  ...["maximum", "minimum", "neg", "abs", "sign", "floor", "ceil", "trunc", "round", "where"] as const,
]);

/** Operations that may jump between the corners of an argument with a larger error than this. */
const WIDEST: Partial<Record<ElementwiseName, number>> = {
  tan: 0.05,
  sin2pi: 0.2,
  cos2pi: 0.2,
  sin: 1,
  cos: 1,
};

type Evaluate = (...args: number[]) => number;

/**
 * Computes bounds of an element-wise operation.
 *
 * @param name Operation.
 * @param out Its node.
 * @param inputs Bounds of its arguments.
 * @param evaluate The operation in double precision, integers wrapped.
 * @param arithmetic Arithmetic of the device.
 */
export function boundElementwise(
  name: ElementwiseName,
  out: Tensor,
  inputs: readonly Bounded[],
  evaluate: Evaluate,
  arithmetic: Arithmetic,
): Bounded {
  const value = new Float64Array(out.size), error = new Float64Array(out.size);
  const isReal = out.dtype === "f32";
  // A cast to bool compares with 0, which may lie between the corners
  const compares = name === "cast"
    ? out.dtype === "bool"
    : elementwise[name].result === "bool" && inputs.length === 2;
  const args: number[] = [], errors: number[] = [];
  for (let i = 0; i < value.length; i++) {
    inputs.forEach((input, j) => {
      args[j] = input.value[i]!;
      errors[j] = input.error[i]!;
    });
    const y = evaluate(...args);
    value[i] = y;
    const spread = errors.every((e) => e === 0)
      ? 0
      : compares
      ? comparisonSpread(args, errors)
      : spreadOf(name, out, y, args, errors, evaluate);
    error[i] = spread + (isReal ? roundingOf(name, y, args, spread === 0, arithmetic, out) : 0);
    const isOrdinary = arithmetic.keepsNonFinite || [y, ...args].every(Number.isFinite);
    if (!isOrdinary || (isReal && isOpen(name, y, args))) error[i] = Infinity;
  }
  const bounded = { value, error };
  if (isReal) {
    roundKnown(bounded);
    withinRange(bounded);
  }
  return bounded;
}

/** A comparison is open if its sides overlap. */
function comparisonSpread([a, b = 0]: readonly number[], [ea, eb = 0]: readonly number[]): number {
  const near = !(Math.abs(a! - b) > ea! + eb);
  return near ? Infinity : 0;
}

function spreadOf(
  name: ElementwiseName,
  out: Tensor,
  y: number,
  args: readonly number[],
  errors: readonly number[],
  evaluate: Evaluate,
): number {
  if (name === "where") return whereSpread(args, errors);
  if (errors.some((e) => !(e < Infinity))) return Infinity;
  if (errors.some((e) => e > (WIDEST[name] ?? Infinity))) return Infinity;
  if (name === "div" && Math.abs(args[1]!) <= errors[1]!) return Infinity;
  if (name === "remainder") {
    const [x, d] = args as [number, number];
    if (errors[0]! + Math.abs(x / d) * errors[1]! > Math.abs(d) / 4) return Infinity;
  }
  let largest = 0;
  const corner = [...args];
  const visit = (j: number) => {
    if (j === args.length) {
      const difference = Math.abs(evaluate(...corner) - y);
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
      return;
    }
    for (const part of errors[j] === 0 ? [0] : [-1, -0.5, 0, 0.5, 1]) {
      corner[j] = args[j]! + part * errors[j]!;
      visit(j + 1);
    }
    corner[j] = args[j]!;
  };
  visit(0);
  if (out.dtype === "bool") return largest > 0 ? Infinity : 0;
  // A sum of integers that wraps somewhere between the corners
  if (out.dtype !== "f32" && largest > 2 ** 30) return Infinity;
  return SLACK * largest;
}

function whereSpread([c, a, b]: readonly number[], [ec, ea, eb]: readonly number[]): number {
  if (ec === 0) return c !== 0 ? ea! : eb!;
  if (Object.is(a, b)) return Math.max(ea!, eb!);
  const apart = Math.abs(a! - b!) + ea! + eb!;
  return Number.isNaN(apart) ? Infinity : apart;
}

/** What a correct device may add to an exact result. */
function roundingOf(
  name: ElementwiseName,
  y: number,
  args: readonly number[],
  exact: boolean,
  arithmetic: Arithmetic,
  out: Tensor,
): number {
  if (!Number.isFinite(y) || CHOOSING.has(name)) return 0;
  if (name === "cast") return out.node.inputs[0]!.dtype === "f32" ? 0 : Math.abs(Math.fround(y) - y) * 2;
  if (
    exact && (ROUNDED.has(name) || (DIVISIONS.has(name) && arithmetic.device === "wasm")) &&
    Math.fround(y) === y
  ) {
    return 0;
  }
  const accuracy = ACCURACY[name], ulp = boundOn(accuracy, arithmetic.device);
  const [low, high] = accuracy.within ?? [-Infinity, Infinity];
  if (args[0]! < low || args[0]! > high) return Infinity;
  if (name === "remainder" && Math.abs(args[0]! / args[1]!) >= 2 ** 22) return Infinity;
  if (name === "remainder" && isNearJump(args)) return Infinity;
  return ulp * unitAt(accuracy, y, args);
}

/** A rest within rounding of 0 may become the divisor, and the reverse. */
function isNearJump([x, d]: readonly number[]): boolean {
  const quotient = x! / d!;
  return Math.abs(quotient - Math.round(quotient)) < 1e-6 * (1 + Math.abs(quotient)) &&
    quotient !== Math.round(quotient);
}

/** Results that depend on the sign of a zero, which optimisations may change, and differences of infinities, which fold. */
function isOpen(name: ElementwiseName, y: number, args: readonly number[]): boolean {
  const [a, b] = args as [number, number];
  switch (name) {
    case "div":
      return b === 0;
    case "pow":
      return a === 0 && !Number.isFinite(y);
    case "atan2":
      return a === 0 && !(b > 0);
    case "sub":
    case "add":
      return Number.isNaN(y) && !Number.isFinite(a) && !Number.isFinite(b);
    case "mul":
      return (a === 0 || b === 0) && Number.isNaN(y);
    default:
      return false;
  }
}

/** Numbers without an error are f32 numbers. */
function roundKnown({ value, error }: Bounded): void {
  for (let i = 0; i < value.length; i++) {
    if (error[i] === 0 && Math.fround(value[i]!) !== value[i] && Number.isFinite(value[i]!)) {
      error[i] = Math.abs(Math.fround(value[i]!) - value[i]!);
    }
  }
}
