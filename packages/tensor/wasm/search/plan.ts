/**
 * How a search of points runs: by a grid or through all points, and where its tables lie in the workspace.
 *
 * The workspace holds the points as columns (one per coordinate, then their numbers), sorted by the cells of the grids;
 * a second set of columns to sort with; the cell tables; a record per grid; and the order of the queries. Each cloud has
 * its own part of every table, found from its start, so that clouds may be sorted side by side.
 *
 * @module
 */
import type { CountWithinRadiusKernel, KnnKernel } from "../../ir/kernel.ts";

/** A search over queries. */
export type QueryKernel = KnnKernel | CountWithinRadiusKernel;

/**
 * What bounds a distance from below, by differences of coordinates: their sum for the norm of order 1, the sum of their
 * squares up to order 2, the largest above.
 */
export type Metric = "sum" | "squares" | "largest";

/** Places in a grid's record; sizes of axis a begin at `32 · a`, all f64: low end, high end, cells per unit, cell size. */
export interface RecordLayout {
  /** Lowest coordinate of an axis. */
  low(axis: number): number;
  /** Highest coordinate. */
  high(axis: number): number;
  /** Cells in a unit of length; 0 where all coordinates are equal. */
  scale(axis: number): number;
  /** Length of a cell. */
  size(axis: number): number;
  /** Number of cells along an axis. */
  cells(axis: number): number;
  /** First entry in the cell tables, or {@link COINCIDENT}, or {@link UNSORTED}. */
  readonly table: number;
  /** Its first point. */
  readonly first: number;
  /** Number of points. */
  readonly count: number;
  /** Grids around it. */
  readonly depth: number;
  /** Bytes of a record. */
  readonly bytes: number;
}

/** In place of a table: all points of the grid are in one place, ordered by number. */
export const COINCIDENT: number = -1;
/** In place of a table: no cells. */
export const UNSORTED: number = -2;

/** Bytes of an entry of a cell table: the first point of the cell, the first grid of this cell or a later one. */
export const ENTRY = { first: 0, grid: 4, bytes: 8 } as const;

/** Byte offsets of the tables in the workspace. */
export interface SearchLayout {
  /** Column of a coordinate, or after the last coordinate of the points' numbers. */
  column(axis: number): number;
  /** The same columns, to sort with; then the cells of the points. */
  spare(axis: number): number;
  /** Cell tables. */
  readonly tables: number;
  /** Records of the grids. */
  readonly records: number;
  /** Numbers of the queries in the order of the search. */
  readonly order: number;
  /** Size of the workspace. */
  readonly bytes: number;
}

/** A search, planned. */
export interface SearchPlan {
  /** What is searched for. */
  readonly kernel: QueryKernel;
  /** Whether points are sorted into grids. */
  readonly grid: boolean;
  /** Bound of distances. */
  readonly metric: Metric;
  /** Largest power of a distance that counts. */
  readonly limit: number;
  /** Points of a cell, on average. */
  readonly perCell: number;
  /** Cells with more points than this get a grid of their own. */
  readonly crowded: number;
  /** Rings of cells around the query's own that are searched at once. */
  readonly rings: number;
  /** Tables. */
  readonly layout: SearchLayout;
  /** Grids. */
  readonly record: RecordLayout;
}

/** What cells are made for where points are counted: how many there will be is not known. */
const COUNTED = 32;

/** Most grids inside each other. */
export const DEEPEST = 6;
/**
 * Where `auto` takes grids: with at least so many points in a cloud, twice as many with each coordinate, and so many
 * queries, since sorting the points has to pay. Both as the bench has found them.
 */
const FEWEST = { points: (dimension: number): number => 64 << dimension, queries: 64 };

/**
 * Plans a search; by shapes alone.
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
  return points >= clouds * FEWEST.points(dimension) && queries >= clouds * FEWEST.queries;
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Room behind a column, so that four lanes may be read from any point on. */
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

/** Whether a search calls `pow`. */
export function callsPow({ norm }: { readonly norm: number }): boolean {
  return norm !== 1 && norm !== 2 && norm !== Infinity;
}
