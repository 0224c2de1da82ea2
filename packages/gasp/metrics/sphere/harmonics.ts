/**
 * Real spherical harmonics, and the angular power spectrum of functions on the sphere known at any points.
 *
 * @module
 */

/**
 * Evaluates the orthonormal real spherical harmonics up to a degree, by the stable recurrence of the associated Legendre
 * functions (Press et al., Numerical Recipes, section 6.7). Index `l² + l + m` is degree l and order m from -l to l.
 *
 * @param degree Largest degree L, at least 0.
 * @param x First coordinate of a point of the unit sphere.
 * @param y Second coordinate.
 * @param z Third coordinate.
 * @returns Values, `[(L + 1)²]`.
 *
 * @example The first is constant
 * ```ts
 * import { sphericalHarmonics } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(sphericalHarmonics(1, 1, 0, 0)[0]!, Math.sqrt(1 / (4 * Math.PI)));
 * ```
 *
 * @category Metrics
 */
export function sphericalHarmonics(degree: number, x: number, y: number, z: number): Float64Array {
  const values = new Float64Array((degree + 1) ** 2);
  // sinᵐθ cos mφ and sinᵐθ sin mφ are polynomials in x and y, so that the poles need no special case
  let cosine = 1, sine = 0;
  for (let m = 0, start = Math.sqrt(1 / (4 * Math.PI)); m <= degree; m++) {
    let before = 0, legendre = start;
    for (let l = m; l <= degree; l++) {
      const factor = m === 0 ? 1 : Math.SQRT2;
      values[l * l + l + m] = factor * legendre * cosine;
      if (m > 0) values[l * l + l - m] = factor * legendre * sine;
      const next = Math.sqrt((4 * (l + 1) ** 2 - 1) / ((l + 1) ** 2 - m * m));
      const previous = Math.sqrt((l * l - m * m) / Math.max(1, 4 * l * l - 1));
      [before, legendre] = [legendre, next * (z * legendre - previous * before)];
    }
    [cosine, sine] = [x * cosine - y * sine, x * sine + y * cosine];
    start *= Math.sqrt((2 * m + 3) / (2 * m + 2));
  }
  return values;
}

/**
 * Returns the linear map from values at points to coefficients of spherical harmonics, by weighted least squares.
 *
 * @param coordinates Points of the unit sphere, `[points, 3]`.
 * @param weights Positive weight of each point, such as its area, `[points]`.
 * @param degree Largest degree L.
 * @returns The map, `[(L + 1)², points]`.
 * @throws {RangeError} If the points do not determine the coefficients.
 * @category Metrics
 */
export function harmonicTransform(
  coordinates: ArrayLike<number>,
  weights: ArrayLike<number>,
  degree: number,
): Float64Array {
  const points = weights.length, count = (degree + 1) ** 2;
  const basis = new Float64Array(count * points), normal = new Float64Array(count * count);
  for (let point = 0; point < points; point++) {
    const [x, y, z] = [0, 1, 2].map((axis) => coordinates[3 * point + axis]!) as [number, number, number];
    const values = sphericalHarmonics(degree, x, y, z);
    for (let i = 0; i < count; i++) {
      basis[i * points + point] = values[i]! * weights[point]!;
      for (let j = 0; j <= i; j++) normal[i * count + j]! += values[i]! * values[j]! * weights[point]!;
    }
  }
  solveInPlace(normal, basis, count, points);
  return basis;
}

/** Solves A X = B for a symmetric positive definite A, given by its lower triangle, and B `[count, columns]`. */
function solveInPlace(a: Float64Array, b: Float64Array, count: number, columns: number): void {
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * count + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * count + k]! * a[j * count + k]!;
      if (i > j) a[i * count + j] = sum / a[j * count + j]!;
      else if (sum > 1e-10 * a[0]!) a[i * count + i] = Math.sqrt(sum);
      else {
        throw new RangeError(`${columns} points do not determine ${count} coefficients: lower the degree`);
      }
    }
  }
  const subtract = (row: number, other: number, factor: number) => {
    for (let c = 0; c < columns; c++) b[row * columns + c]! -= factor * b[other * columns + c]!;
  };
  const divide = (row: number) => {
    for (let c = 0; c < columns; c++) b[row * columns + c]! /= a[row * count + row]!;
  };
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, a[i * count + k]!);
    divide(i);
  }
  for (let i = count - 1; i >= 0; i--) {
    for (let k = i + 1; k < count; k++) subtract(i, k, a[k * count + i]!);
    divide(i);
  }
}

/**
 * Returns the area that each point of a regular grid stands for: the cosine of its latitude; a pole shares the cap around it
 * among its column of repeated points.
 *
 * @param latitudes Rows, both poles included, at least 3.
 * @param longitudes Columns.
 * @returns Weights that add to 1, `[latitudes · longitudes]`.
 *
 * @example
 * ```ts
 * import { gridAreas } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(gridAreas(5, 8).reduce((sum, area) => sum + area, 0), 1);
 * ```
 *
 * @category Metrics
 */
export function gridAreas(latitudes: number, longitudes: number): Float64Array {
  const edge = (row: number) => {
    const middle = Math.PI / 2 - Math.PI * (row - 0.5) / (latitudes - 1);
    return Math.sin(Math.min(Math.PI / 2, Math.max(-Math.PI / 2, middle)));
  };
  return Float64Array.from({ length: latitudes * longitudes }, (_, i) => {
    const row = Math.floor(i / longitudes);
    return (edge(row) - edge(row + 1)) / 2 / longitudes;
  });
}
