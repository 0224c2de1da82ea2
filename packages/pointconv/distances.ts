/**
 * Distances in an l_p norm from one point to all points of a cloud.
 * @module
 */

/** `double`: as exact as can be. `single`: rounded to float32 after every step, as the reference computes. */
export type Precision = "single" | "double";

/**
 * Checks the order of a norm.
 *
 * @param p Order: 1, 2, any number above 1, or `Infinity` for the largest coordinate.
 * @throws {RangeError} If it is below 1 or no number.
 */
export function checkNorm(p: number): void {
  if (!(p >= 1)) {
    throw new RangeError(`the order of a norm must be at least 1 (1, 2, Infinity, ...), got ${p}`);
  }
}

/** Computes a row of distances at a time. The type of its arrays does the rounding: storing is rounding. */
export class DistanceRows {
  /** Number of points. */
  readonly count: number;
  /** Powers of the distances that {@link powersTo} computed last. */
  readonly powers: Float32Array | Float64Array;
  readonly #columns: Float32Array[];
  readonly #difference: Float32Array | Float64Array;
  readonly #norm: number;

  /**
   * @param points `[points, dimension]`.
   * @param dimension Coordinates of a point.
   * @param norm Order of the norm.
   * @param precision Of every step.
   */
  constructor(points: Float32Array, dimension: number, norm: number, precision: Precision) {
    checkNorm(norm);
    this.count = points.length / dimension;
    this.#norm = norm;
    this.#columns = Array.from(
      { length: dimension },
      (_, axis) => Float32Array.from({ length: this.count }, (_, i) => points[i * dimension + axis]!),
    );
    const make = () => precision === "single" ? new Float32Array(this.count) : new Float64Array(this.count);
    this.powers = make();
    this.#difference = make();
  }

  /**
   * Fills {@link powers} with the p-th powers of the distances, `Σ |a - b|^p`; for 1 and `Infinity` those are the
   * distances themselves. They order points as distances do, up to rounding.
   *
   * @param queries `[queries, dimension]`.
   * @param query Which query.
   */
  powersTo(queries: Float32Array, query: number): void {
    this.powers.fill(0);
    const dimension = this.#columns.length;
    for (const [axis, column] of this.#columns.entries()) {
      differences(column, queries[query * dimension + axis]!, this.#difference);
      accumulate(this.powers, this.#difference, this.#norm);
    }
  }
}

/**
 * Turns powers of distances into distances, in place.
 *
 * @param powers Values of {@link DistanceRows.powersTo}.
 * @param norm Order of the norm.
 */
export function takeRoots(powers: Float32Array | Float64Array, norm: number): void {
  if (norm === 1 || norm === Infinity) return;
  if (norm === 2) { for (let i = 0; i < powers.length; i++) powers[i] = Math.sqrt(powers[i]!); }
  else for (let i = 0; i < powers.length; i++) powers[i] = powers[i]! ** (1 / norm);
}

type Row = Float32Array | Float64Array;

function differences(column: Float32Array, value: number, out: Row): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(column[i]! - value);
}

/** A square is added before it is rounded, a fused multiply-add: so does the reference, and on grids that decides ties. */
function accumulate(total: Row, difference: Row, p: number): void {
  const { length } = total;
  if (p === 1) { for (let i = 0; i < length; i++) total[i]! += difference[i]!; }
  else if (p === 2) { for (let i = 0; i < length; i++) total[i]! += difference[i]! * difference[i]!; }
  else if (p === Infinity) {
    for (let i = 0; i < length; i++) {
      total[i] = Math.max(total[i]!, difference[i]!);
    }
  } else for (let i = 0; i < length; i++) total[i]! += difference[i]! ** p;
}
