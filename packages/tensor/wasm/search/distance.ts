/**
 * Distance arithmetic in generated code: exact powers in double precision, lower bounds of them, and the coordinate
 * differences that a bound admits.
 *
 * A search stores its bound in two forms. `reach` is in terms of the {@link Metric}: a box with a larger gap contains
 * no candidate. `threshold` is the same in single precision, for four points at once. Both are slightly too large.
 *
 * @module
 */
import type { Features } from "../module/features.ts";
import type { Local } from "../module/function_builder.ts";
import type { Metric, SearchPlan } from "./plan.ts";
import type { Value, Writer } from "./writer.ts";

/** Exceeds the rounding error of bounds in double precision. */
const SLACK = 1 + 1e-9;
/** Exceeds the rounding error of a single-precision bound; {@link SINGLE_FLOOR} covers underflow. */
export const SINGLE_SLACK = 4e-6;
/** See {@link SINGLE_SLACK}. */
export const SINGLE_FLOOR = 1e-42;
/** Powers below this may have lost precision to underflow. */
const MIN_POWER = 1e-300;

/** Computes the reach of a power on the host. */
export function reachOf({ kernel: { norm }, metric }: SearchPlan, power: number): number {
  if (norm === 1 || norm === 2 || norm === Infinity) return power * SLACK;
  const distance = Math.max(power, MIN_POWER) ** (1 / norm);
  return (metric === "squares" ? distance * distance : distance) * SLACK;
}

/** Computes the reach of a power, f64. */
export function reach(w: Writer, { kernel: { norm }, metric }: SearchPlan, power: Local): () => void {
  if (norm === 1 || norm === 2 || norm === Infinity) return w.op("f64.mul", power, SLACK);
  const pow = w.power(w.op("f64.max", power, MIN_POWER), 1 / norm);
  const distance = w.let("f64", pow);
  return w.op("f64.mul", metric === "squares" ? w.op("f64.mul", distance, distance) : distance, SLACK);
}

/** Computes the threshold of a reach, f32. */
export function threshold(w: Writer, reach: Value): () => void {
  const enlarged = w.op("f64.add", w.op("f64.mul", reach, 1 + SINGLE_SLACK), SINGLE_FLOOR);
  return w.op("f32.demote_f64", enlarged);
}

/** Computes `Σ |a - b|^p`, or the largest `|a - b|`, of pairs of f32, in double precision. */
export function exactPower(
  w: Writer,
  { kernel: { norm } }: SearchPlan,
  pairs: readonly (readonly [Value, Value])[],
): () => void {
  return () => {
    pairs.forEach(([a, b], axis) => {
      const difference = w.op(
        "f64.abs",
        w.op("f64.sub", w.op("f64.promote_f32", a), w.op("f64.promote_f32", b)),
      );
      if (norm === 1 || norm === Infinity) difference();
      else if (norm === 2) {
        const once = w.let("f64", difference);
        w.op("f64.mul", once, once)();
      } else w.power(difference, norm)();
      if (axis > 0) w.f.op(norm === Infinity ? "f64.max" : "f64.add");
    });
  };
}

/** Computes a distance from its power, f64. */
export function root(w: Writer, norm: number, power: Local): Value {
  if (norm === 1 || norm === Infinity) return power;
  return norm === 2 ? w.op("f64.sqrt", power) : w.power(power, 1 / norm);
}

/** The contribution to the metric of a gap along one axis. */
export function gapTerm(w: Writer, metric: Metric, gap: Local): Value {
  return metric === "squares" ? w.op("f64.mul", gap, gap) : gap;
}

/** Combines the contributions of two axes. */
export function join(w: Writer, metric: Metric, a: Value, b: Value): () => void {
  return w.op(metric === "largest" ? "f64.max" : "f64.add", a, b);
}

/**
 * Computes the metric of four points at once, in single precision.
 *
 * @param w Writer.
 * @param metric Metric.
 * @param differences For each axis, pushes four differences.
 * @param features Features of the engine.
 * @returns A vector of the four values.
 */
export function fourBounds(
  w: Writer,
  metric: Metric,
  differences: readonly (() => void)[],
  features: Features,
): Local {
  const { f } = w, total = f.local("v128"), difference = f.local("v128");
  differences.forEach((push, axis) => {
    push();
    if (metric !== "squares") {
      f.op("f32x4.abs");
      if (axis > 0) f.get(total).op(metric === "sum" ? "f32x4.add" : "f32x4.pmax");
    } else if (axis === 0) f.tee(difference).get(difference).op("f32x4.mul");
    else if (features.relaxed) f.tee(difference).get(difference).get(total).op("f32x4.relaxed_madd");
    else f.tee(difference).get(difference).op("f32x4.mul").get(total).op("f32x4.add");
    f.set(total);
  });
  return total;
}
