/**
 * Parts of chairs in the box [-1, 1]³: x left to right, y front to back, z up.
 *
 * @module
 */
import type { SolidPart } from "./solid.ts";

/** Outline of a horizontal section: rectangle, rounded rectangle, or ellipse. */
export type Outline = "square" | "rounded" | "round";

/** A horizontal section of a bar. */
export interface Section {
  /** Height. */
  readonly z: number;
  /** x of the centre. */
  readonly x: number;
  /** y of the centre. */
  readonly y: number;
  /** Half the thickness. */
  readonly half: number;
}

/**
 * Creates an axis-aligned box.
 *
 * @param x Lowest and highest x.
 * @param y Lowest and highest y.
 * @param z Lowest and highest z.
 */
export function box(
  x: readonly [number, number],
  y: readonly [number, number],
  z: readonly [number, number],
): SolidPart {
  return { bounds: [...x, ...y, ...z] };
}

/**
 * Creates a flat part, such as a seat or a foot plate: the superellipse |x/a|ⁿ + |y/b|ⁿ ≤ 1 with n = ∞, 4 or 2.
 *
 * @param outline Outline.
 * @param halfWidth Half the extent along x.
 * @param halfDepth Half the extent along y.
 * @param middle y of the centre.
 * @param z Lowest and highest z.
 */
export function slab(
  outline: Outline,
  halfWidth: number,
  halfDepth: number,
  middle: number,
  z: readonly [number, number],
): SolidPart {
  if (outline === "square") {
    return box([-halfWidth, halfWidth], [middle - halfDepth, middle + halfDepth], z);
  }
  return {
    bounds: [-halfWidth, halfWidth, middle - halfDepth, middle + halfDepth, ...z],
    inside(x, y) {
      const u = x / halfWidth, v = (y - middle) / halfDepth, uu = u * u, vv = v * v;
      return outline === "round" ? uu + vv <= 1 : uu * uu + vv * vv <= 1;
    },
  };
}

/**
 * Creates a standing bar, tapered and slanted between its end sections.
 *
 * @param low Lower end.
 * @param high Upper end.
 * @param round Whether sections are round rather than square.
 */
export function bar(low: Section, high: Section, round: boolean): SolidPart {
  const bound = (axis: "x" | "y"): [number, number] => [
    Math.min(low[axis] - low.half, high[axis] - high.half),
    Math.max(low[axis] + low.half, high[axis] + high.half),
  ];
  return {
    bounds: [...bound("x"), ...bound("y"), low.z, high.z],
    inside(x, y, z) {
      const part = (z - low.z) / (high.z - low.z);
      const dx = Math.abs(x - low.x - part * (high.x - low.x));
      const dy = Math.abs(y - low.y - part * (high.y - low.y));
      const half = low.half + part * (high.half - low.half);
      return round ? dx * dx + dy * dy <= half * half : Math.max(dx, dy) <= half;
    },
  };
}

/**
 * Creates a horizontal bar from the axis x = 0, y = `middle` outwards, such as a spoke of a star base.
 *
 * @param angle Direction in radians.
 * @param length Length.
 * @param half Half the width.
 * @param middle y of the axis.
 * @param z Lowest and highest z.
 */
export function spoke(
  angle: number,
  length: number,
  half: number,
  middle: number,
  z: readonly [number, number],
): SolidPart {
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const endX = length * cos, endY = length * sin;
  return {
    bounds: [
      Math.min(0, endX) - half,
      Math.max(0, endX) + half,
      middle + Math.min(0, endY) - half,
      middle + Math.max(0, endY) + half,
      ...z,
    ],
    inside(x, y) {
      const along = x * cos + (y - middle) * sin, across = (y - middle) * cos - x * sin;
      return along >= 0 && along <= length && Math.abs(across) <= half;
    },
  };
}

/** Parameters of a chair's back. */
export interface BackSheet {
  /** Half the width. */
  readonly halfWidth: number;
  /** Half the thickness, along y. */
  readonly half: number;
  /** y of the centre at the lower end. */
  readonly y: number;
  /** Lowest and highest z. */
  readonly z: readonly [number, number];
  /** Displacement to the back per unit of height. */
  readonly lean: number;
  /** Displacement of the sides to the front. */
  readonly curve: number;
  /** Whether a point is solid: `across` is 0 in the centre and 1 at the sides, `up` 0 at the lower end and 1 at the top. */
  readonly pattern: (across: number, up: number) => boolean;
}

/**
 * Creates the back of a chair: a leaning, optionally curved sheet with a pattern of holes.
 *
 * @param sheet Parameters.
 */
export function backSheet({ halfWidth, half, y, z, lean, curve, pattern }: BackSheet): SolidPart {
  const height = z[1] - z[0];
  return {
    bounds: [-halfWidth, halfWidth, y - curve - half, y + lean * height + half, ...z],
    inside(px, py, pz) {
      const across = Math.abs(px) / halfWidth, rise = pz - z[0];
      const middle = y + lean * rise - curve * across * across;
      return Math.abs(py - middle) <= half && pattern(across, rise / height);
    },
  };
}
