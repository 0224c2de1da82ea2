/**
 * Observations of a shape at places of its surface.
 *
 * @module
 */
import type { Surface } from "@gasp/gasp/show";
import type { Easel, Mark } from "./easel.ts";

/** Distance of the observed points from the surface, to both sides: a click says where the shape ends. */
const BESIDE = 0.08;

/** A surface, the places of which are its vertices. */
export interface SurfaceEasel extends Easel {
  /** The surface. */
  readonly surface: Surface;
}

/**
 * Returns the points that a place of a surface stands for: one inside and one outside.
 *
 * @param surface Surface.
 * @returns `[vertices, 2, 3]`.
 */
export function pointsBeside({ positions, normals }: Surface): Float32Array {
  const points = new Float32Array(2 * positions.length);
  for (let i = 0; i < positions.length; i++) {
    const at = 6 * Math.floor(i / 3) + i % 3;
    points[at] = positions[i]! - BESIDE * normals[i]!;
    points[at + 3] = positions[i]! + BESIDE * normals[i]!;
  }
  return points;
}

/**
 * Changes what is seen of a surface.
 *
 * @param seen 1 where a vertex is seen.
 * @param positions Vertices, `[vertices, 3]`.
 * @param centre Where the brush touches, `[3]`.
 * @param mark Its radius in units of space, 0 for the nearest vertex, and whether it sees.
 * @returns The changed vertices; the same array if nothing changed.
 */
export function paintSurface(
  seen: Uint8Array,
  positions: Float32Array,
  centre: ArrayLike<number>,
  { radius, sees }: Pick<Mark, "radius" | "sees">,
): Uint8Array {
  const value = sees ? 1 : 0, next = seen.slice();
  const distances = Array.from(
    seen,
    (_, i) => Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k]! - centre[k]!)),
  );
  const reach = Math.max(radius, distances.reduce((least, one) => Math.min(least, one), Infinity));
  distances.forEach((distance, i) => {
    if (distance <= reach) next[i] = value;
  });
  return next.some((one, i) => one !== seen[i]) ? next : seen;
}
