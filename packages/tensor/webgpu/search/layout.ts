/**
 * Memory layout of a grid hash.
 *
 * Every cloud counts as a cell, with a grid over its bounding box. A cell with many points that do not coincide has a
 * grid of its own over the box of those points, and so on for a few levels. Each level stores its own sorted copy of
 * its points, so that one procedure builds every level, for all points of the level at once. Each level has ranges of
 * cells, records and sorted points that suffice for any points.
 *
 * `grids`, u32: cells (two words each: the start of their points, and 1 + the record of their own grid or 0), records,
 * and the cell of each point. `sorted`, u32: coordinates and index of each point. `counters`, atomic u32: points per
 * cell, boxes of records, and the number of cells and records per level.
 *
 * @module
 */
import type { SearchKernel } from "../../ir/kernel.ts";
import { type Search, SLOT } from "./result.ts";
import type { Shader } from "../shader/shader.ts";

/** Levels of nested grids. */
export const LEVELS = 3;

/** Slots of the scratch buffers. */
export const GRID_SLOT = {
  grids: SLOT.scratch,
  sorted: SLOT.scratch + 1,
  counters: SLOT.scratch + 2,
} as const;

/** Volumes of the unit ball in 1 to 4 dimensions. */
const BALL = [2, Math.PI, 4 * Math.PI / 3, Math.PI ** 2 / 2];

/** Minimum points of a cell that may have a grid of its own. */
const CROWDED = 33;

/** Sizes shared by the passes of a search. */
export interface GridLayout {
  readonly dimension: number;
  /**
   * Target number of points per cell; a grid has at most one cell per that many points, but at least one. At least 2.
   */
  readonly perCell: number;
  /** Minimum points of a crowded cell. */
  readonly crowded: number;
  /** Words per record. */
  readonly recordWords: number;
  /** First word of the records in `grids`, and of the cells of the points. */
  readonly firstRecord: number;
  readonly firstPlace: number;
  /** First counter used as a bound of a box, and the first that counts cells and records. */
  readonly firstBound: number;
  readonly firstTotal: number;
  /** Number of counters. */
  readonly counters: number;
  /** Bytes of each scratch buffer, in the order of their slots. */
  readonly scratch: readonly number[];
}

/** The ranges of a level. */
export interface LevelLayout {
  readonly level: number;
  readonly firstCell: number;
  /** First record of the level, and the maximum number of records. */
  readonly record: number;
  readonly maxRecords: number;
  readonly firstPosition: number;
}

/** Number of points per cell such that the nearest k fill about the ball that fits the cells around a query's. */
function pointsPerCell(kernel: Search): number {
  const wanted = kernel.kind === "knn" ? kernel.k / BALL[kernel.dimension - 1]! : 4;
  return Math.min(Math.max(2, Math.round(wanted)), 64);
}

/** Maximum cells of a level: one per two points, one per cloud, and the end of the last. */
const maxCells = ({ points, clouds }: SearchKernel) => Math.floor(points / 2) + clouds + 1;
/** Maximum crowded cells of a level. */
const maxCrowded = ({ points }: SearchKernel) => Math.floor(points / CROWDED);

/** Computes the layout of the grids of all clouds. */
export function layoutGrids(kernel: Search): GridLayout {
  const { dimension, points, clouds } = kernel;
  const perCell = pointsPerCell(kernel);
  const cells = clouds + 1 + LEVELS * maxCells(kernel),
    records = clouds + (LEVELS - 1) * maxCrowded(kernel);
  const recordWords = FIELDS.length * dimension + SINGLE_FIELDS.length;
  const firstRecord = 2 * cells, firstPlace = firstRecord + records * recordWords;
  const firstTotal = cells + records * 2 * dimension, counters = firstTotal + TOTALS * LEVELS;
  const words = [firstPlace + points, LEVELS * points * (dimension + 1), counters];
  return {
    dimension,
    perCell,
    crowded: Math.max(CROWDED, 4 * perCell),
    recordWords,
    firstRecord,
    firstPlace,
    firstBound: cells,
    firstTotal,
    counters,
    scratch: words.map((count) => 4 * count),
  };
}

/** The ranges of a level. */
export function layoutLevel(kernel: Search, level: number): LevelLayout {
  const most = maxCrowded(kernel);
  return {
    level,
    firstCell: kernel.clouds + 1 + level * maxCells(kernel),
    record: level === 0 ? 0 : kernel.clouds + (level - 1) * most,
    maxRecords: level === 0 ? kernel.clouds : most,
    firstPosition: level * kernel.points,
  };
}

/** Fields of a record with one word per axis, and those with one word. */
const FIELDS = ["low", "width", "scale", "slack", "size"] as const;
const SINGLE_FIELDS = ["base", "parent"] as const;

/**
 * Names of the words of a record: `low` of the box, `width` of a cell and `scale`, its inverse (0 if the axis is not
 * divided), `slack` for the rounding of cell faces, `size` in cells; `base`, the first cell, and `parent`, the cell
 * that it divides.
 */
export type GridField = typeof FIELDS[number] | typeof SINGLE_FIELDS[number];

/** The index in `grids` of a word of the record that starts at `record`. */
export function fieldIndex(layout: GridLayout, record: string, field: GridField, axis = 0): string {
  const { dimension } = layout, row = FIELDS.findIndex((name) => name === field);
  const offset = row < 0
    ? FIELDS.length * dimension + SINGLE_FIELDS.findIndex((name) => name === field)
    : row * dimension + axis;
  return `${record} + ${offset}u`;
}

/** Declares `record_at(number)`, the first word of a record. */
export function declareRecords(shader: Shader, { firstRecord, recordWords }: GridLayout): void {
  const first = shader.param("first_record", firstRecord);
  shader.declare(`fn record_at(number: u32) -> u32 { return ${first} + number * ${recordWords}u; }`);
}

/** Counters of each level: its cells and its records. */
const TOTALS = 2;

/** The index of the counter of the cells, or of the records, of a level. */
export function totalIndex(
  shader: Shader,
  layout: GridLayout,
  level: number,
  what: "cells" | "records",
): string {
  return shader.param(`total_${what}`, layout.firstTotal + TOTALS * level + (what === "cells" ? 0 : 1));
}

/** Buffers of the passes of a search: the kernel's and the scratch. */
export function gridBuffers({ buffers }: SearchKernel): SearchKernel["buffers"] {
  const scratch = Object.keys(GRID_SLOT).map(() => ({ dtype: "u32", access: "write" } as const));
  return [...buffers, ...scratch];
}
