/**
 * What is known of functions: values at some points. The points may lie anywhere.
 * @module
 */
import { randomUniform } from "@gasp/tensor";

/**
 * Values of one function at points.
 *
 * @category Exploration
 */
export interface PointValues {
  /** `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** In [-1, 1], `[points, featureDim]`. */
  readonly features: Float32Array;
}

/**
 * What is known of several functions, each at as many points.
 *
 * @category Exploration
 */
export interface Observations {
  /** Functions. */
  readonly targets: number;
  /** Points at which each is known. */
  readonly points: number;
  /** `[points, coordinateDim]` shared by all, or `[targets, points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** In [-1, 1], `[targets, points, featureDim]`. */
  readonly features: Float32Array;
  /** How much each point counts, `[targets, points]`; by default all count alike. */
  readonly weights?: Float32Array;
}

/**
 * Numbers of a coordinate and of a feature.
 *
 * @category Exploration
 */
export interface PointSizes {
  /** Numbers of a coordinate. */
  readonly coordinateDim: number;
  /** Numbers of a feature. */
  readonly featureDim: number;
}

/**
 * A box `[low, high]` for each coordinate.
 *
 * @category Exploration
 */
export type Region = readonly (readonly [low: number, high: number])[];

/**
 * A random choice of points.
 *
 * @param points How many there are.
 * @param fraction Part of them that is chosen, above 0 and at most 1; at least one point is.
 * @param seed Which choice.
 * @param item Number of the function, so that each has a choice of its own. Default: 0.
 * @returns Numbers of points, ascending.
 * @throws {RangeError} If the fraction is out of range.
 *
 * @example
 * ```ts
 * import { chooseFraction } from "@gasp/gasp/explore";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const chosen = chooseFraction(100, 0.1, 7);
 * assertEquals(chosen.length, 10);
 * assert(chosen.every((point, i) => i === 0 || point > chosen[i - 1]!));
 * ```
 *
 * @category Exploration
 */
export function chooseFraction(points: number, fraction: number, seed: number, item = 0): number[] {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new RangeError(`a part of the points is above 0 and at most 1, got ${fraction}`);
  }
  const draws = randomUniform({ seed, stream: "observed points", step: item }, points, 0, 1);
  const order = Array.from({ length: points }, (_, i) => i).sort((a, b) => draws[a]! - draws[b]! || a - b);
  return order.slice(0, Math.max(1, Math.round(points * fraction))).sort((a, b) => a - b);
}

/**
 * The points inside a box.
 *
 * @param coordinates `[points, coordinateDim]`.
 * @param region A range for each coordinate, its ends included.
 * @returns Numbers of points, ascending.
 *
 * @example The left half of four points on a line
 * ```ts
 * import { chooseRegion } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chooseRegion(Float32Array.of(-1, -0.5, 0.5, 1), [[-1, 0]]), [0, 1]);
 * ```
 *
 * @category Exploration
 */
export function chooseRegion(coordinates: Float32Array, region: Region): number[] {
  const dimension = region.length, points = coordinates.length / dimension;
  const isInside = (point: number) =>
    region.every(([low, high], axis) => {
      const value = coordinates[point * dimension + axis]!;
      return value >= low && value <= high;
    });
  return Array.from({ length: points }, (_, point) => point).filter(isInside);
}

/**
 * Some of the points of a function.
 *
 * @param all All of them.
 * @param chosen Numbers of points.
 * @param sizes Numbers of a coordinate and of a feature.
 *
 * @example
 * ```ts
 * import { takePoints } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const all = { coordinates: Float32Array.of(0, 1, 2), features: Float32Array.of(10, 11, 12) };
 * const some = takePoints(all, [2, 0], { coordinateDim: 1, featureDim: 1 });
 * assertEquals(some.features, Float32Array.of(12, 10));
 * ```
 *
 * @category Exploration
 */
export function takePoints(
  all: PointValues,
  chosen: readonly number[],
  { coordinateDim, featureDim }: PointSizes,
): PointValues {
  const take = (values: Float32Array, size: number) => {
    const taken = new Float32Array(chosen.length * size);
    chosen.forEach((point, i) => taken.set(values.subarray(point * size, (point + 1) * size), i * size));
    return taken;
  };
  return { coordinates: take(all.coordinates, coordinateDim), features: take(all.features, featureDim) };
}

/**
 * Observations of several functions, which must have as many points.
 *
 * @param functions Of each, what is known.
 * @param sizes Numbers of a coordinate and of a feature.
 * @throws {RangeError} If there is no function, no point, or the numbers of points differ.
 *
 * @example
 * ```ts
 * import { observationsOf } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const one = { coordinates: Float32Array.of(0, 1), features: Float32Array.of(0.5, -0.5) };
 * const { targets, points } = observationsOf([one, one], { coordinateDim: 1, featureDim: 1 });
 * assertEquals([targets, points], [2, 2]);
 * ```
 *
 * @category Exploration
 */
export function observationsOf(functions: readonly PointValues[], sizes: PointSizes): Observations {
  const points = (functions[0]?.features.length ?? 0) / sizes.featureDim;
  if (points === 0) throw new RangeError("nothing is observed: give at least one function and one point");
  const join = (key: "coordinates" | "features", size: number) => {
    const all = new Float32Array(functions.length * points * size);
    functions.forEach((values, i) => {
      if (values[key].length !== points * size) {
        throw new RangeError(
          `function ${i} has ${
            values[key].length / size
          } points, the first one ${points}: observe as many of each`,
        );
      }
      all.set(values[key], i * points * size);
    });
    return all;
  };
  return {
    targets: functions.length,
    points,
    coordinates: join("coordinates", sizes.coordinateDim),
    features: join("features", sizes.featureDim),
  };
}

/**
 * Mean of the squared differences.
 *
 * @param actual Values.
 * @param expected As many.
 *
 * @example
 * ```ts
 * import { meanSquaredError } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(meanSquaredError([1, 2], [1, 4]), 2);
 * ```
 *
 * @category Exploration
 */
export function meanSquaredError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < expected.length; i++) sum += (actual[i]! - expected[i]!) ** 2;
  return sum / expected.length;
}
