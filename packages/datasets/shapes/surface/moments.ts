/**
 * The expansion of the solid angles of a group of triangles about a centre p. With r = p - q for the point q from which they
 * are seen, area vectors a, and y = x - p over the surface, the sum is
 *
 *   Σ ∫ G(r + y) · da,   G(r) = r / |r|³,
 *
 * and its Taylor expansion in y needs the moments Σ a, Σ ∫ y aᵀ and Σ ∫ y yᵀ ⊗ a. All derivatives of G are symmetric in all
 * their indices, so only the symmetric parts of the moments matter: 3, 6 and 10 numbers.
 *
 * @module
 */

/**
 * Numbers of moments: centre (3); Σ a (3); M = Σ ∫ y aᵀ as xx, yy, zz, xy, xz, yz; S = Σ ∫ y yᵀ ⊗ a as xxx, yyy, zzz, xxy,
 * xxz, yyx, yyz, zzx, zzy, xyz.
 */
export const MOMENTS = 22;

const A = 3, M = 6, S = 12;

/** Moments of a group of triangles. */
export interface Moments {
  /** {@link MOMENTS} numbers. */
  readonly values: Float64Array;
  /** Sum of the triangles' areas. */
  area: number;
}

/** Returns zero moments about a centre. */
export function momentsAt(x: number, y: number, z: number): Moments {
  const values = new Float64Array(MOMENTS);
  values[0] = x, values[1] = y, values[2] = z;
  return { values, area: 0 };
}

/** Adds the symmetric part of Q ⊗ a to S, where Q is symmetric. */
function addToS(
  values: Float64Array,
  xx: number,
  yy: number,
  zz: number,
  xy: number,
  xz: number,
  yz: number,
  ax: number,
  ay: number,
  az: number,
): void {
  values[S]! += xx * ax;
  values[S + 1]! += yy * ay;
  values[S + 2]! += zz * az;
  values[S + 3]! += (xx * ay + 2 * xy * ax) / 3;
  values[S + 4]! += (xx * az + 2 * xz * ax) / 3;
  values[S + 5]! += (yy * ax + 2 * xy * ay) / 3;
  values[S + 6]! += (yy * az + 2 * yz * ay) / 3;
  values[S + 7]! += (zz * ax + 2 * xz * az) / 3;
  values[S + 8]! += (zz * ay + 2 * yz * az) / 3;
  values[S + 9]! += (xy * az + xz * ay + yz * ax) / 3;
}

/** Adds the symmetric part of u aᵀ to M. */
function addToM(
  values: Float64Array,
  ux: number,
  uy: number,
  uz: number,
  ax: number,
  ay: number,
  az: number,
): void {
  values[M]! += ux * ax;
  values[M + 1]! += uy * ay;
  values[M + 2]! += uz * az;
  values[M + 3]! += (ux * ay + uy * ax) / 2;
  values[M + 4]! += (ux * az + uz * ax) / 2;
  values[M + 5]! += (uy * az + uz * ay) / 2;
}

/**
 * Adds a triangle.
 *
 * @param moments Moments to add to.
 * @param corners Coordinates, `[triangles, 9]`.
 * @param at Offset of the triangle's first coordinate.
 */
export function addTriangle(moments: Moments, corners: Float64Array, at: number): void {
  const { values } = moments, px = values[0]!, py = values[1]!, pz = values[2]!;
  const x0 = corners[at]! - px, y0 = corners[at + 1]! - py, z0 = corners[at + 2]! - pz;
  const x1 = corners[at + 3]! - px, y1 = corners[at + 4]! - py, z1 = corners[at + 5]! - pz;
  const x2 = corners[at + 6]! - px, y2 = corners[at + 7]! - py, z2 = corners[at + 8]! - pz;
  const ux = x1 - x0, uy = y1 - y0, uz = z1 - z0, vx = x2 - x0, vy = y2 - y0, vz = z2 - z0;
  const ax = (uy * vz - uz * vy) / 2, ay = (uz * vx - ux * vz) / 2, az = (ux * vy - uy * vx) / 2;
  moments.area += Math.sqrt(ax * ax + ay * ay + az * az);
  values[A]! += ax;
  values[A + 1]! += ay;
  values[A + 2]! += az;
  const sx = x0 + x1 + x2, sy = y0 + y1 + y2, sz = z0 + z1 + z2;
  addToM(values, sx / 3, sy / 3, sz / 3, ax, ay, az);
  // The mean of y yᵀ over a triangle is (Σ v vᵀ + (Σ v)(Σ v)ᵀ) / 12.
  addToS(
    values,
    (x0 * x0 + x1 * x1 + x2 * x2 + sx * sx) / 12,
    (y0 * y0 + y1 * y1 + y2 * y2 + sy * sy) / 12,
    (z0 * z0 + z1 * z1 + z2 * z2 + sz * sz) / 12,
    (x0 * y0 + x1 * y1 + x2 * y2 + sx * sy) / 12,
    (x0 * z0 + x1 * z1 + x2 * z2 + sx * sz) / 12,
    (y0 * z0 + y1 * z1 + y2 * z2 + sy * sz) / 12,
    ax,
    ay,
    az,
  );
}

/** Adds a group's moments, translated to the centre of another. */
function addTranslated({ values: to }: Moments, { values: from }: Moments): void {
  const dx = from[0]! - to[0]!, dy = from[1]! - to[1]!, dz = from[2]! - to[2]!;
  const ax = from[A]!, ay = from[A + 1]!, az = from[A + 2]!;
  for (let i = A; i < MOMENTS; i++) to[i]! += from[i]!;
  addToM(to, dx, dy, dz, ax, ay, az);
  addToS(to, dx * dx, dy * dy, dz * dz, dx * dy, dx * dz, dy * dz, ax, ay, az);
  addToS(
    to,
    from[M]!,
    from[M + 1]!,
    from[M + 2]!,
    from[M + 3]!,
    from[M + 4]!,
    from[M + 5]!,
    2 * dx,
    2 * dy,
    2 * dz,
  );
}

/**
 * Unites two groups about their common centroid.
 *
 * @param a One group.
 * @param b The other group.
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const area = a.area + b.area, share = area > 0 ? b.area / area : 0.5;
  const centre = (axis: number) => a.values[axis]! + share * (b.values[axis]! - a.values[axis]!);
  const merged = momentsAt(centre(0), centre(1), centre(2));
  merged.area = area;
  addTranslated(merged, a);
  addTranslated(merged, b);
  return merged;
}

/**
 * Evaluates the expansion.
 *
 * @param m Numbers that contain the moments.
 * @param at Offset of the moments.
 * @param x First coordinate of r, from the point to the centre.
 * @param y Second coordinate of r.
 * @param z Third coordinate of r.
 * @param squared |r|².
 * @returns Approximate sum of the solid angles.
 */
export function farField(
  m: Float32Array,
  at: number,
  x: number,
  y: number,
  z: number,
  squared: number,
): number {
  const i = 1 / squared, xx = x * x * i, yy = y * y * i, zz = z * z * i;
  const a = at + A, b = at + M, c = at + S;
  const first = m[a]! * x + m[a + 1]! * y + m[a + 2]! * z;
  // tr M - 3 rᵀ M r / |r|²
  const second = m[b]! * (1 - 3 * xx) + m[b + 1]! * (1 - 3 * yy) + m[b + 2]! * (1 - 3 * zz) -
    6 * i * (m[b + 3]! * x * y + m[b + 4]! * x * z + m[b + 5]! * y * z);
  // (15 S(r, r, r) / |r|² - 9 r · tr S) / (2 |r|²)
  const third = x * (m[c]! * (15 * xx - 9) + m[c + 5]! * (45 * yy - 9) + m[c + 7]! * (45 * zz - 9)) +
    y * (m[c + 1]! * (15 * yy - 9) + m[c + 3]! * (45 * xx - 9) + m[c + 8]! * (45 * zz - 9)) +
    z * (m[c + 2]! * (15 * zz - 9) + m[c + 4]! * (45 * xx - 9) + m[c + 6]! * (45 * yy - 9)) +
    90 * i * x * y * z * m[c + 9]!;
  return i * Math.sqrt(i) * (first + second + third * i / 2);
}
