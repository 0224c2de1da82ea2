/**
 * Gathering rows of an array on the host.
 * @module
 */

/**
 * Gathers rows by index.
 *
 * @param values `[..., rows, width]`, possibly of several concatenated examples.
 * @param index Row indices.
 * @param width Length of a row.
 * @param rows Rows per example. Default: all.
 * @returns `[..., index, width]`.
 *
 * @example
 * ```ts
 * import { takeRows } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const taken = takeRows(Float32Array.of(0, 0, 1, 1, 2, 2), Int32Array.of(2, 0), 2);
 * assertEquals(taken, Float32Array.of(2, 2, 0, 0));
 * ```
 *
 * @category Points
 */
export function takeRows(
  values: Float32Array,
  index: Int32Array,
  width: number,
  rows: number = values.length / width,
): Float32Array {
  const examples = values.length / (rows * width);
  const taken = new Float32Array(examples * index.length * width);
  for (let example = 0, to = 0; example < examples; example++) {
    for (const row of index) {
      const from = (example * rows + row) * width;
      for (let i = 0; i < width; i++) taken[to++] = values[from + i]!;
    }
  }
  return taken;
}
