/**
 * Bounds of searches: results are exact unless distances are so close that single precision may confuse them.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import type { CountParams, FarthestParams, KnnParams } from "@gasp/tensor/compiler";
import { distancePower } from "../../../packages/tensor/ir/search_oracle.ts";
import { anything, type Arithmetic, type Bounded, isUncertain } from "./bounded.ts";
import { primitiveOf } from "./primitive.ts";

/** Relative difference of powers of distances that devices in single precision may not see. */
const CLOSE = 1e-5;

/** Powers of distances below this lose digits in single precision, to underflow. */
const TINY = 1e-30;

/** Spacings of f32 numbers that a distance may be off; more if it is a root of powers in single precision. */
const DISTANCE_STEPS = 4, POWER_STEPS = 64;

/** Whether squares and sums of these coordinates are exact in single precision. */
function isCoarse(points: Float64Array): boolean {
  return points.every((x) => Number.isInteger(x * 16) && Math.abs(x) < 64);
}

/**
 * Bounds nearest neighbours and counts within a radius.
 *
 * @param out Its node.
 * @param inputs Points, offsets, queries, offsets of queries.
 * @param arithmetic Arithmetic of the device.
 */
export function boundSearch(out: Tensor, inputs: readonly Bounded[], arithmetic: Arithmetic): Bounded {
  const value = primitiveOf(out)(...inputs.map((input) => input.value));
  if (inputs.some(isUncertain)) return anything(value);
  const [points, starts, queries, queryStarts] = inputs.map((input) => input.value) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const error = new Float64Array(value.length), params = out.node.params as KnnParams | CountParams;
  const simple = [1, 2, Infinity].includes(params.norm);
  const exact = arithmetic.searchesInDouble && simple || simple && isCoarse(points) && isCoarse(queries);
  if (!exact && !(points.every(Number.isFinite) && queries.every(Number.isFinite))) return anything(value);
  const dimension = out.node.inputs[0]!.shape[1]!;
  const width = out.node.op === "knn" ? out.shape[1]! : 1;
  const steps = simple || arithmetic.searchesInDouble ? DISTANCE_STEPS : POWER_STEPS;
  const k = "k" in params ? params.k : 0;
  const tolerance = exact ? 0 : CLOSE * (params.norm === Infinity ? 1 : params.norm);
  const limit = params.norm === 1 || params.norm === Infinity ? params.radius : params.radius ** params.norm;
  for (let cloud = 0; cloud + 1 < starts.length; cloud++) {
    for (let query = queryStarts[cloud]!; query < queryStarts[cloud + 1]!; query++) {
      const row = error.subarray(query * width, (query + 1) * width);
      for (let place = k; place < width; place++) {
        row[place] = value[query * width + place] === BITS_OF_INFINITY ? 0 : steps;
      }
      if (exact) continue;
      const powers = Array.from(
        { length: starts[cloud + 1]! - starts[cloud]! },
        (_, i) => distancePower(points, starts[cloud]! + i, queries, query, dimension, params.norm),
      ).sort((a, b) => a - b);
      const close = (a: number, b: number) => Math.abs(a - b) <= tolerance * Math.max(a, b) + TINY;
      const atLimit = powers.some((power) => close(power, limit));
      if (k === 0 ? atLimit : false) row.fill(Infinity);
      for (let place = 0; place < k; place++) {
        const own = powers[place], next = powers[place + 1], before = powers[place - 1];
        if (own === undefined) continue;
        if (width > k && own > 0 && own < TINY) row[k + place] = Infinity;
        const tied = next !== undefined && close(own, next) || before !== undefined && close(before, own);
        if (tied || close(own, limit)) {
          row[place] = Infinity;
          if (width > k && close(own, limit)) row[k + place] = Infinity;
        }
      }
    }
  }
  return { value, error };
}

const BITS_OF_INFINITY = 0x7f800000;

/**
 * Bounds farthest-point sampling: exact up to the first choice between close distances.
 *
 * @param out Its node.
 * @param inputs Points, offsets.
 * @param arithmetic Arithmetic of the device.
 */
export function boundFarthest(out: Tensor, inputs: readonly Bounded[], arithmetic: Arithmetic): Bounded {
  const value = primitiveOf(out)(...inputs.map((input) => input.value));
  if (inputs.some(isUncertain)) return anything(value);
  const { count, norm } = out.node.params as FarthestParams;
  const points = inputs[0]!.value, starts = inputs[1]!.value, dimension = out.node.inputs[0]!.shape[1]!;
  const error = new Float64Array(value.length), simple = [1, 2, Infinity].includes(norm);
  if (simple && (arithmetic.searchesInDouble || isCoarse(points))) return { value, error };
  if (!points.every(Number.isFinite)) return anything(value);
  for (let cloud = 0; cloud + 1 < starts.length; cloud++) {
    const first = starts[cloud]!, nearest = new Float64Array(starts[cloud + 1]! - first).fill(Infinity);
    for (let pick = 0; pick + 1 < count; pick++) {
      const taken = value[cloud * count + pick]!;
      for (let i = 0; i < nearest.length; i++) {
        nearest[i] = Math.min(nearest[i]!, distancePower(points, first + i, points, taken, dimension, norm));
      }
      const [most = 0, second = -1] = [...nearest].sort((a, b) => b - a);
      if (most - second > CLOSE * 4 * most) continue;
      error.fill(Infinity, cloud * count + pick + 1, (cloud + 1) * count);
      break;
    }
  }
  return { value, error };
}
