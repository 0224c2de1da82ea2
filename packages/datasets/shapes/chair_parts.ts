/**
 * The parts that chairs are made of, in the box [-1, 1]³: x left to right, y front to back, z up.
 *
 * @module
 */
import type { SolidPart } from "./solid.ts";

/** Outline of a horizontal section: a rectangle, one with rounded corners, an ellipse. */
export type Outline = "square" | "rounded" | "round";

/** A horizontal section of a bar. */
export interface Section {
  /** Its height. */
  readonly z: number;
  /** Its middle. */
  readonly x: number;
  /** Its middle. */
  readonly y: number;
  /** Half its thickness. */
  readonly half: number;
}

/**
 * A box with sides along the axes.
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
 * A flat piece, such as a seat or a foot plate: the superellipse |x/a|ⁿ + |y/b|ⁿ ≤ 1 with n of ∞, 4 or 2.
 *
 * @param outline Its shape from above.
 * @param halfWidth Half its length along x.
 * @param halfDepth Half its length along y.
 * @param middle y of its middle.
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
 * A standing bar, tapered and slanted as its ends say.
 *
 * @param low Its lower end.
 * @param high Its upper end.
 * @param round Whether sections are round instead of square.
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
 * A lying bar from the axis x = 0, y = `middle` outwards, such as a spoke of a star.
 *
 * @param angle Its direction in radians.
 * @param length How far it goes.
 * @param half Half its width.
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

/** Where the back of a chair is. */
export interface BackSheet {
  /** Half its width. */
  readonly halfWidth: number;
  /** Half its thickness, along y. */
  readonly half: number;
  /** y of its middle at the lower end. */
  readonly y: number;
  /** Lowest and highest z. */
  readonly z: readonly [number, number];
  /** How far it leans back for each unit of height. */
  readonly lean: number;
  /** How far its sides come forward. */
  readonly curve: number;
  /** Whether a place is solid: `across` from 0 in the middle to 1 at the sides, `up` from 0 at the lower end to 1. */
  readonly pattern: (across: number, up: number) => boolean;
}

/**
 * The back of a chair: a sheet that leans and may be curved, with holes where its pattern says so.
 *
 * @param sheet Where it is.
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
