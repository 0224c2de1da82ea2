/**
 * What can be observed: a grid of places of one function, of which some are seen.
 *
 * @module
 */
import type { Display } from "@gasp/datasets/display";

/** A grid of places, `[rows, columns]`. */
export interface Easel {
  /** Rows. */
  readonly rows: number;
  /** Columns. */
  readonly columns: number;
  /** Points that a place stands for. Default: 1. */
  readonly points?: number;
  /** Coordinates of each point, `[rows · columns · points, coordinateDim]`. */
  readonly coordinates: Float32Array;
  /** Values there, `[rows · columns · points, featureDim]`. */
  readonly values: Float32Array;
  /** Coordinates of a point. */
  readonly coordinateDim: number;
  /** Features of a point. */
  readonly featureDim: number;
}

/** A mark of a brush: everything within its radius is seen, or hidden. */
export interface Mark {
  /** Row and column, fractional. */
  readonly row: number;
  readonly column: number;
  /** Radius in places; 0 marks one place. */
  readonly radius: number;
  /** Whether to see or to hide. */
  readonly sees: boolean;
}

/**
 * Changes what is seen.
 *
 * @param seen 1 where a place is seen, `[rows · columns]`.
 * @param easel Grid.
 * @param mark Mark of a brush.
 * @returns The changed places; the same array if nothing changed.
 */
export function paint(seen: Uint8Array, { rows, columns }: Easel, mark: Mark): Uint8Array {
  const value = mark.sees ? 1 : 0, radius = Math.max(mark.radius, 0.5);
  let next = seen;
  for (
    let row = Math.max(0, Math.ceil(mark.row - radius));
    row <= Math.min(rows - 1, mark.row + radius);
    row++
  ) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row - mark.row) ** 2));
    const last = Math.min(columns - 1, mark.column + half);
    for (let column = Math.max(0, Math.ceil(mark.column - half)); column <= last; column++) {
      const at = row * columns + column;
      if (next[at] === value) continue;
      if (next === seen) next = seen.slice();
      next[at] = value;
    }
  }
  return next;
}

/** What is seen at the start, by kind: a picture with a hole; stations of a field; few points of a curve or a shape. */
export type Pattern = "all" | "hole" | "left" | "sparse" | "coarse" | "none";

/**
 * Returns what a pattern shows.
 *
 * @param pattern Pattern.
 * @param easel Grid.
 */
export function seenBy(pattern: Pattern, { rows, columns }: Easel): Uint8Array {
  return Uint8Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns), column = i % columns;
    const [y, x] = [Math.abs((row + 0.5) / rows - 0.5), Math.abs((column + 0.5) / columns - 0.5)];
    switch (pattern) {
      case "all":
        return 1;
      case "none":
        return 0;
      case "hole":
        return y > 0.22 || x > 0.22 ? 1 : 0;
      case "left":
        return column < columns / 2 ? 1 : 0;
      case "coarse":
        return row % 4 === 1 && column % 4 === 1 ? 1 : 0;
      case "sparse":
        // A multiplicative hash: the same places in every session
        return (i * 2654435761 >>> 0) / 2 ** 32 < 24 / (rows * columns) ? 1 : 0;
    }
  });
}

/** The pattern that a kind begins with. */
export const FIRST_PATTERN: Readonly<Record<Display["kind"], Pattern>> = {
  image: "hole",
  sphere: "sparse",
  volume: "left",
  curve: "coarse",
  cloud: "sparse",
};

/**
 * Returns what is observed of an easel.
 *
 * @param easel Grid.
 * @param seen 1 where a place is seen.
 */
export function observedOf(
  { points = 1, coordinates, values, coordinateDim, featureDim }: Easel,
  seen: Uint8Array,
): { coordinates: Float32Array; features: Float32Array; ids: number[] } {
  const ids = Array.from({ length: points * seen.length }, (_, i) => i)
    .filter((i) => seen[Math.floor(i / points)] === 1);
  const gather = (from: Float32Array, size: number) => {
    const out = new Float32Array(ids.length * size);
    ids.forEach((id, i) => out.set(from.subarray(id * size, (id + 1) * size), i * size));
    return out;
  };
  return { coordinates: gather(coordinates, coordinateDim), features: gather(values, featureDim), ids };
}
