/**
 * Splits polygons into fans of triangles.
 *
 * @module
 */

/**
 * Splits the polygons of a mesh. The two sides of a double-sided polygon are split along the same diagonals, so that they
 * become pairs of the same triangles.
 */
export class PolygonFans {
  /** First corner of each polygon with more than three corners, by a hash of its set of corners. */
  readonly #starts = new Map<number, number>();
  readonly #triangles: number[];

  /**
   * Creates a splitter.
   *
   * @param triangles List to which vertex indices are added, three per triangle.
   */
  constructor(triangles: number[]) {
    this.#triangles = triangles;
  }

  /**
   * Adds a polygon.
   *
   * @param corners Vertex indices; fewer than three are ignored.
   */
  add(corners: readonly number[]): void {
    const count = corners.length;
    const start = count > 3 ? this.#start(corners) : 0;
    for (let i = 2; i < count; i++) {
      this.#triangles.push(
        corners[start]!,
        corners[(start + i - 1) % count]!,
        corners[(start + i) % count]!,
      );
    }
  }

  #start(corners: readonly number[]): number {
    let sum = 0, squares = 0;
    for (const corner of corners) {
      sum += corner;
      squares = (squares + Math.imul(corner, corner) + Math.imul(corner, 0x9e3779b1)) | 0;
    }
    const key = (sum % 2 ** 20) * 2 ** 32 + (squares >>> 0), known = this.#starts.get(key);
    if (known === undefined) this.#starts.set(key, corners[0]!);
    return known === undefined ? 0 : Math.max(0, corners.indexOf(known));
  }
}
