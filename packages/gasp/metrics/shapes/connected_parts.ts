/**
 * Connected parts of shapes on a grid.
 *
 * @module
 */

/**
 * Labels the connected parts of a shape: sets of inside nodes (values above 0) joined along the axes of the grid.
 *
 * @param values Values on a cube of nodes, `[resolution, resolution, resolution]`.
 * @param resolution Nodes along each axis.
 * @returns Number of nodes of each part, largest first; empty for an empty shape.
 * @throws {RangeError} If there are not `resolution³` values.
 *
 * @example Two opposite corners of a cube
 * ```ts
 * import { connectedParts } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(connectedParts([1, -1, -1, -1, -1, -1, 1, 1], 2), [2, 1]);
 * ```
 *
 * @category Metrics
 */
export function connectedParts(values: ArrayLike<number>, resolution: number): number[] {
  const size = resolution ** 3;
  if (values.length !== size) {
    throw new RangeError(`expected ${resolution}³ values, got ${values.length}`);
  }
  const seen = new Uint8Array(size), queue = new Int32Array(size), sizes: number[] = [];
  const steps = [resolution * resolution, resolution, 1];
  for (let start = 0; start < size; start++) {
    if (seen[start] || !(values[start]! > 0)) continue;
    let length = 0;
    seen[start] = 1;
    queue[length++] = start;
    for (let next = 0; next < length; next++) {
      const node = queue[next]!;
      for (const step of steps) {
        const along = Math.floor(node / step) % resolution;
        for (
          const [neighbour, exists] of [[node - step, along > 0], [
            node + step,
            along < resolution - 1,
          ]] as const
        ) {
          if (!exists || seen[neighbour] || !(values[neighbour]! > 0)) continue;
          seen[neighbour] = 1;
          queue[length++] = neighbour;
        }
      }
    }
    sizes.push(length);
  }
  return sizes.sort((a, b) => b - a);
}
