/**
 * Welds the vertices of a mesh: those at one position, or within a tolerance, become one.
 *
 * @module
 */
import type { TriangleMesh } from "../formats/triangle_mesh.ts";

/** Hash table of vertices by the cell of a lattice that they are in. */
class CellTable {
  readonly #slots: Int32Array;
  readonly #next: Int32Array;

  /** Creates a table of up to `vertices` vertices. */
  constructor(vertices: number) {
    let capacity = 16;
    while (capacity < 2 * vertices) capacity *= 2;
    this.#slots = new Int32Array(capacity).fill(-1);
    this.#next = new Int32Array(vertices);
  }

  #slot(x: number, y: number, z: number): number {
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return (hash ^ (hash >>> 13)) & (this.#slots.length - 1);
  }

  /** Adds a vertex to a cell. */
  add(vertex: number, x: number, y: number, z: number): void {
    const slot = this.#slot(x, y, z);
    this.#next[vertex] = this.#slots[slot]!;
    this.#slots[slot] = vertex;
  }

  /** Finds a vertex among those of a cell (and of cells with its hash). */
  find(x: number, y: number, z: number, matches: (vertex: number) => boolean): number {
    let vertex = this.#slots[this.#slot(x, y, z)]!;
    while (vertex >= 0 && !matches(vertex)) vertex = this.#next[vertex]!;
    return vertex;
  }
}

/** Returns, for each vertex, the first vertex at exactly its position. */
function firstCoincident(positions: Float32Array): Uint32Array {
  const vertices = positions.length / 3, table = new CellTable(vertices);
  // Adding 0 turns -0 into 0.
  const bits = new Uint32Array(positions.map((x) => x + 0).buffer);
  return new Uint32Array(vertices).map((_, vertex) => {
    const x = bits[3 * vertex]!, y = bits[3 * vertex + 1]!, z = bits[3 * vertex + 2]!;
    const found = table.find(
      x,
      y,
      z,
      (other) => bits[3 * other] === x && bits[3 * other + 1] === y && bits[3 * other + 2] === z,
    );
    if (found < 0) table.add(vertex, x, y, z);
    return found < 0 ? vertex : found;
  });
}

/** Returns, for each vertex, the first representative within a distance; it is its own if there is none. */
function firstNear(positions: Float32Array, tolerance: number): Uint32Array {
  const vertices = positions.length / 3, table = new CellTable(vertices);
  return new Uint32Array(vertices).map((_, vertex) => {
    const at = 3 * vertex;
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    const cell = [x, y, z].map((coordinate) => Math.floor(coordinate / tolerance)) as [
      number,
      number,
      number,
    ];
    const isNear = (other: number) =>
      Math.hypot(positions[3 * other]! - x, positions[3 * other + 1]! - y, positions[3 * other + 2]! - z) <=
        tolerance;
    // The representative may be in any of the 27 cells around.
    for (let step = 0; step < 27; step++) {
      const [dx, dy, dz] = [step % 3 - 1, Math.floor(step / 3) % 3 - 1, Math.floor(step / 9) - 1];
      const found = table.find(cell[0] + dx, cell[1] + dy, cell[2] + dz, isNear);
      if (found >= 0) return found;
    }
    table.add(vertex, ...cell);
    return vertex;
  });
}

/**
 * Welds vertices and removes the triangles that become degenerate.
 *
 * @param mesh Mesh; formats with normals repeat a vertex for each of its faces.
 * @param tolerance Distance within which vertices are one, in the units of the mesh; 0 for equal positions only.
 * @returns Mesh with the same positions, whose triangles share vertices.
 */
export function weld({ positions, triangles }: TriangleMesh, tolerance: number = 0): TriangleMesh {
  const first = tolerance > 0 ? firstNear(positions, tolerance) : firstCoincident(positions);
  const welded = new Uint32Array(triangles.length);
  let used = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const a = first[triangles[i]!]!, b = first[triangles[i + 1]!]!, c = first[triangles[i + 2]!]!;
    if (a === b || b === c || c === a) continue;
    welded[used] = a, welded[used + 1] = b, welded[used + 2] = c;
    used += 3;
  }
  return { positions, triangles: welded.slice(0, used) };
}
