/**
 * A locality-preserving order of points: neighbours in space are near each other in memory.
 * @module
 */

/** Maximum bits of a code, exact in a double. */
const CODE_BITS = 48;

/**
 * Orders points along a Z-order (Morton) curve, which improves cache locality of operations over neighbours.
 *
 * @param coordinates `[points, dimension]`, finite.
 * @param dimension Dimension of the points, at least 1.
 * @returns A permutation of point indices; equal points keep their order.
 *
 * @example
 * ```ts
 * import { curveOrder } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const order = curveOrder(Float32Array.of(3, 0, 2, 1), 1);
 * assertEquals(order, Int32Array.of(1, 3, 2, 0));
 * ```
 *
 * @category Points
 */
export function curveOrder(coordinates: Float32Array, dimension: number): Int32Array {
  const points = coordinates.length / dimension, bits = Math.floor(CODE_BITS / dimension);
  const cells = quantised(coordinates, dimension, bits);
  const codes = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    let code = 0;
    for (let bit = bits - 1; bit >= 0; bit--) {
      for (let axis = 0; axis < dimension; axis++) {
        code = 2 * code + (Math.floor(cells[point * dimension + axis]! / 2 ** bit) & 1);
      }
    }
    codes[point] = code;
  }
  return Int32Array.from({ length: points }, (_, i) => i).sort((a, b) => codes[a]! - codes[b]! || a - b);
}

/** Quantises coordinates to integers of `bits` bits, each axis over its range. */
function quantised(coordinates: Float32Array, dimension: number, bits: number): Float64Array {
  const cells = Float64Array.from(coordinates);
  for (let axis = 0; axis < dimension; axis++) {
    let least = Infinity, most = -Infinity;
    for (let i = axis; i < cells.length; i += dimension) {
      least = Math.min(least, cells[i]!);
      most = Math.max(most, cells[i]!);
    }
    const scale = most > least ? (2 ** bits - 1) / (most - least) : 0;
    for (let i = axis; i < cells.length; i += dimension) cells[i] = Math.floor((cells[i]! - least) * scale);
  }
  return cells;
}
