/**
 * How a point search runs: with a grid or by brute force, and the layout of its tables in the workspace.
 *
 * The workspace holds the points as columns (one per coordinate, then their indices), sorted by grid cell; a second set
 * of columns for sorting; the cell tables; a record per grid; and the order of the queries. Each cloud has its own part
 * of every table, located from its start offset, so that clouds can be sorted in parallel.
 *
 * @module
 */
import type { CountWithinRadiusKernel, KnnKernel } from "../../ir/kernel.ts";

/** A search over queries. */
export type QueryKernel = KnnKernel | CountWithinRadiusKernel;

/**
 * The lower bound of a distance by coordinate differences: their sum for the norm of order 1, the sum of their squares
 * up to order 2, the largest above.
 */
export type Metric = "sum" | "squares" | "largest";

/**
 * Byte offsets in a grid's record; axis a starts at `32 · a`, all f64: low end, high end, cells per unit, cell size.
 */
export interface RecordLayout {
  /** Lowest coordinate of an axis. */
  low(axis: number): number;
  /** Highest coordinate. */
  high(axis: number): number;
  /** Cells per unit of length; 0 if all coordinates are equal. */
  scale(axis: number): number;
  /** Length of a cell. */
  size(axis: number): number;
  /** Number of cells along an axis. */
  cells(axis: number): number;
  /** First entry in the cell tables, or {@link COINCIDENT}, or {@link UNSORTED}. */
  readonly table: number;
  /** First point. */
  readonly first: number;
  /** Number of points. */
  readonly count: number;
  /** Nesting depth. */
  readonly depth: number;
  /** Bytes of a record. */
  readonly bytes: number;
}

/** In place of a table: all points of the grid coincide; they are ordered by index. */
export const COINCIDENT: number = -1;
/** In place of a table: the grid has no cells. */
export const UNSORTED: number = -2;

/** Byte offsets of an entry of a cell table: the first point of the cell, the first grid of this or a later cell. */
export const ENTRY = { first: 0, grid: 4, bytes: 8 } as const;

/** Byte offsets of the tables in the workspace. */
export interface SearchLayout {
  /** Column of a coordinate or, after the last, of the point indices. */
  column(axis: number): number;
  /** A second set of these columns for sorting, followed by the cells of the points. */
  spare(axis: number): number;
  /** Cell tables. */
  readonly tables: number;
  /** Records of the grids. */
  readonly records: number;
  /** Query indices in search order. */
  readonly order: number;
  /** Size of the workspace. */
  readonly bytes: number;
}

/** A planned search. */
export interface SearchPlan {
  /** Search kernel. */
  readonly kernel: QueryKernel;
  /** Whether points are sorted into grids. */
  readonly grid: boolean;
  /** Lower bound of distances. */
  readonly metric: Metric;
  /** Maximum power of a distance. */
  readonly limit: number;
  /** Average number of points per cell. */
  readonly perCell: number;
  /** Cells with more points than this get a grid of their own. */
  readonly crowded: number;
  /** Rings of cells around the query's own that are searched first, together. */
  readonly rings: number;
  /** Workspace layout. */
  readonly layout: SearchLayout;
  /** Layout of grid records. */
  readonly record: RecordLayout;
}

/** Number of neighbours that cells are sized for when counting, where it is not known. */
const COUNTED = 32;

/** Maximum nesting depth of grids. */
export const MAX_DEPTH = 6;
/**
 * Minimum sizes for which `auto` uses grids: points per cloud, twice as many per dimension, and queries, since sorting
 * has to pay off. Both from the benchmark.
 */
const GRID_MINIMUM = { points: (dimension: number): number => 64 << dimension, queries: 64 };

/**
 * Plans a search, from its shapes alone.
 *
 * @param kernel Search.
 */
export function planSearch(kernel: QueryKernel): SearchPlan {
  const { norm, radius, dimension, method } = kernel;
  const k = kernel.kind === "knn" ? kernel.k : COUNTED;
  const perCell = Math.max(2, Math.min(16, Math.round(5 * k / 3 ** dimension)));
  let rings = 0;
  while ((2 * rings + 3) ** dimension * perCell <= 6 * k) rings++;
  return {
    kernel,
    grid: method === "grid" || (method === "auto" && isLarge(kernel)),
    metric: norm === 1 ? "sum" : norm <= 2 ? "squares" : "largest",
    limit: norm === 1 || norm === Infinity ? radius : norm === 2 ? radius * radius : radius ** norm,
    perCell,
    crowded: Math.max(32, 4 * perCell),
    rings,
    layout: layoutOf(kernel),
    record: recordOf(dimension),
  };
}

function isLarge({ points, queries, clouds, dimension }: QueryKernel): boolean {
  return points >= clouds * GRID_MINIMUM.points(dimension) && queries >= clouds * GRID_MINIMUM.queries;
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Padding of a column, so that four lanes can be read from any point on. */
const PADDING = 16;

function layoutOf({ points, queries, clouds, dimension }: QueryKernel): SearchLayout {
  const columnBytes = align(4 * points + PADDING), columns = dimension + 1;
  const spare = columns * columnBytes;
  const tables = spare + (columns + 1) * columnBytes;
  const records = tables + align(ENTRY.bytes * 2 * (points + clouds));
  const order = records + align(recordOf(dimension).bytes * ((points >>> 3) + clouds));
  return {
    column: (axis) => axis * columnBytes,
    spare: (axis) => spare + axis * columnBytes,
    tables,
    records,
    order,
    bytes: order + align(4 * queries),
  };
}

function recordOf(dimension: number): RecordLayout {
  const words = 36 * dimension;
  return {
    low: (axis) => 32 * axis,
    high: (axis) => 32 * axis + 8,
    scale: (axis) => 32 * axis + 16,
    size: (axis) => 32 * axis + 24,
    cells: (axis) => 32 * dimension + 4 * axis,
    table: words,
    first: words + 4,
    count: words + 8,
    depth: words + 12,
    bytes: Math.ceil((words + 16) / 8) * 8,
  };
}

/** Returns whether a search calls `pow`. */
export function callsPow({ norm }: { readonly norm: number }): boolean {
  return norm !== 1 && norm !== 2 && norm !== Infinity;
}
