/**
 * Distances between rows of hundreds to thousands of dimensions, in tiles: `|q|² + |p|² - 2 q·p` in float32 on a device, with
 * a bound on its error, so that callers decide most comparisons by the tile and compute the few close ones exactly. The grid
 * search of {@linkcode knn} is for up to four dimensions.
 *
 * @module
 */
import {
  add,
  compile,
  type Device,
  matmul,
  mul,
  reshape,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";

/**
 * Vectors as the rows of a matrix.
 *
 * @category Points
 */
export interface Rows {
  /** `[count, dimensions]`. */
  readonly rows: Float32Array | Float64Array;
  /** Dimension of a vector. */
  readonly dimensions: number;
}

/**
 * Squared distances between a block of queries and a block of points.
 *
 * @category Points
 */
export interface DistanceTile {
  /** Index of the first query and number of queries. */
  readonly query: { readonly first: number; readonly count: number };
  /** Index of the first point and number of points. */
  readonly point: { readonly first: number; readonly count: number };
  /** Squared distances, `[queries, stride]`; entries past the number of points are padding. */
  readonly squares: Float32Array;
  /** Length of a row of `squares`. */
  readonly stride: number;
  /** Bound of the error of each square in the row of a query, `[queries]`. */
  readonly error: Float64Array;
}

/**
 * Returns the number of rows.
 *
 * @param name Argument, for messages.
 * @param set Rows.
 * @throws {RangeError} If the number of values is not a multiple of the dimension, or there are no rows.
 */
export function rowCount(name: string, { rows, dimensions }: Rows): number {
  const count = rows.length / dimensions;
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(
    `the ${name} must be one or more rows of ${dimensions} values, got ${rows.length} values in all`,
  );
}

/**
 * Computes the squared distance between two rows in double precision.
 *
 * @param a Rows.
 * @param i Index of a row of `a`.
 * @param b Rows of the same dimension.
 * @param j Index of a row of `b`.
 * @category Points
 */
export function squaredDistance(a: Rows, i: number, b: Rows, j: number): number {
  const { dimensions } = a, x = i * dimensions, y = j * dimensions;
  let sum = 0;
  for (let d = 0; d < dimensions; d++) {
    const difference = a.rows[x + d]! - b.rows[y + d]!;
    sum += difference * difference;
  }
  return sum;
}

const QUERIES = 256, POINTS = 4096;
/** Largest number of values in a block of points: 32 MiB of float32. */
const BLOCK_VALUES = 2 ** 23;
/** Unit roundoff of float32. */
const UNIT = 2 ** -24;
/** Roundings besides those of the product: centring both rows, the squares and their sum. */
const ROUNDINGS = 16;

/** A block of centred rows, padded to a fixed number, and their squared norms. */
interface Block {
  readonly first: number;
  readonly count: number;
  readonly rows: Float32Array;
  readonly squares: Float32Array;
  readonly largest: number;
}

/**
 * Visits the squared distances between all queries and all points, tile by tile: for each block of points, all blocks of
 * queries. Memory is bounded by the size of a tile.
 *
 * @param points Rows.
 * @param queries Rows of the same dimension.
 * @param device Device that computes the products.
 * @param visit Called for each tile; its arrays are valid until it returns.
 * @throws {RangeError} If the dimensions differ, or a set is empty or has values that are not finite.
 * @category Points
 */
export async function visitDistances(
  points: Rows,
  queries: Rows,
  device: Device,
  visit: (tile: DistanceTile) => void,
): Promise<void> {
  const { dimensions } = points;
  if (queries.dimensions !== dimensions) {
    throw new RangeError(
      `points and queries must have one dimension, got ${dimensions} and ${queries.dimensions}`,
    );
  }
  const counts = { points: rowCount("points", points), queries: rowCount("queries", queries) };
  const height = Math.min(QUERIES, counts.queries);
  const width = Math.min(POINTS, counts.points, Math.max(QUERIES, Math.floor(BLOCK_VALUES / dimensions)));
  const centre = meanOfRows(points, Math.min(width, counts.points));
  const program = compile(
    (q: Tensor, qq: Tensor, p: Tensor, pp: Tensor) =>
      add(add(reshape(qq, [height, 1]), reshape(pp, [1, width])), mul(matmul(q, transpose(p)), -2)),
    { device },
  );
  try {
    for (const point of blocks(points, counts.points, width, centre)) {
      const p = tensor(point.rows, [width, dimensions]), pp = tensor(point.squares, [width]);
      for (const query of blocks(queries, counts.queries, height, centre)) {
        const q = tensor(query.rows, [height, dimensions]);
        const result = await program(q, tensor(query.squares, [height]), p, pp);
        const squares = asFloat32(await result.data());
        result.dispose();
        const error = Float64Array.from(
          query.squares,
          (square) => (dimensions + ROUNDINGS) * UNIT * (square + point.largest),
        );
        visit({ query, point, squares, stride: width, error });
      }
    }
  } finally {
    program.release();
  }
}

/** The interpreter's values are in double precision. */
function asFloat32(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Mean of the first rows, near which differences and products are small. */
function meanOfRows({ rows, dimensions }: Rows, count: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < count * dimensions; i++) mean[i % dimensions]! += rows[i]! / count;
  return mean;
}

function* blocks(
  { rows, dimensions }: Rows,
  total: number,
  size: number,
  centre: Float64Array,
): Generator<Block> {
  for (let first = 0; first < total; first += size) {
    const count = Math.min(size, total - first);
    const centred = new Float32Array(size * dimensions), squares = new Float32Array(size);
    let largest = 0;
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++) {
        const value = Math.fround(rows[(first + row) * dimensions + d]! - centre[d]!);
        centred[row * dimensions + d] = value;
        sum += value * value;
      }
      if (!Number.isFinite(sum)) throw new RangeError(`row ${first + row} has values that are not finite`);
      squares[row] = sum;
      largest = Math.max(largest, sum);
    }
    yield { first, count, rows: centred, squares, largest };
  }
}
