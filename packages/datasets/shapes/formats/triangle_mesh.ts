/**
 * Triangle meshes and their validation.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";

/**
 * A triangle mesh.
 *
 * @category Shapes
 */
export interface TriangleMesh {
  /** Vertex positions, `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** Vertex indices of each triangle, anticlockwise seen from outside, `[triangles, 3]`. */
  readonly triangles: Uint32Array;
}

/** Bytes of a JavaScript number in a growing list, including copies made when it grows. */
const LIST_NUMBER = 8 * 2.5;

/**
 * Throws unless a mesh fits in memory while it is read and checked.
 *
 * @param vertices Maximum number of vertices.
 * @param triangles Maximum number of triangles.
 * @param fileBytes Bytes of intermediate text or numbers.
 * @param name File name for messages.
 * @throws {MemoryError} If it does not fit.
 */
export function requireMesh(vertices: number, triangles: number, fileBytes: number, name: string): void {
  const heapBytes = 3 * LIST_NUMBER * (vertices + triangles);
  // Typed arrays; welding: bits of positions, hash table, first vertices, edges; positions in the grid.
  const arrays = vertices * (12 + 12 + 20 + 12 + 48) + triangles * (12 + 24 + 12);
  requireMemory({
    purpose: `${name}, a mesh of up to ${triangles} triangles,`,
    bytes: fileBytes + 2 * heapBytes + arrays,
    heapBytes,
  });
}

/**
 * Validates a mesh.
 *
 * @param positions Vertex positions, three numbers each.
 * @param triangles Vertex indices, three per triangle.
 * @param name File name for messages.
 * @throws {DataError} If there are no triangles, a position is not finite, or a vertex index is out of range.
 */
export function triangleMesh(
  positions: ArrayLike<number>,
  triangles: ArrayLike<number>,
  name: string,
): TriangleMesh {
  if (triangles.length === 0) {
    throw new DataError(`${name} has no triangles: only surfaces can be voxelised, not points or lines.`);
  }
  const mesh = { positions: new Float32Array(positions), triangles: new Uint32Array(triangles) };
  const vertices = positions.length / 3;
  mesh.positions.forEach((coordinate, i) => {
    if (Number.isFinite(coordinate)) return;
    throw new DataError(
      `${name} is damaged: vertex ${Math.floor(i / 3)} has the coordinate ${
        positions[i]
      }, expected a finite number.`,
    );
  });
  mesh.triangles.forEach((vertex, i) => {
    if (triangles[i] === vertex && vertex < vertices) return;
    throw new DataError(
      `${name} is damaged: triangle ${Math.floor(i / 3)} has vertex ${triangles[i]}, ` +
        `but the vertices are 0 to ${vertices - 1}.`,
    );
  });
  return mesh;
}
