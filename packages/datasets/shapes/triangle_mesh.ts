/**
 * A surface of triangles, checked as the readers build it.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/** A surface of triangles. */
export interface TriangleMesh {
  /** Corners, `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** Numbers of the corners of each triangle, anticlockwise seen from outside, `[triangles, 3]`. */
  readonly triangles: Uint32Array;
}

/** Bytes of a JavaScript number in a list that grows, what is copied when it grows included. */
const LIST_NUMBER = 8 * 2.5;

/**
 * Refuses a mesh that does not fit in memory while it is read and checked.
 *
 * @param vertices Its corners, at most.
 * @param triangles Its triangles, at most.
 * @param fileBytes Bytes of text or numbers that the file becomes on the way.
 * @param name Name of the file for messages.
 * @throws {MemoryError} If it does not fit.
 */
export function requireMesh(vertices: number, triangles: number, fileBytes: number, name: string): void {
  const heapBytes = 3 * LIST_NUMBER * (vertices + triangles);
  // As typed arrays; welded: bits of positions, table of places, corners, edges; placed in a grid.
  const arrays = vertices * (12 + 12 + 20 + 12 + 48) + triangles * (12 + 24 + 12);
  requireMemory({
    purpose: `${name}, a mesh of up to ${triangles} triangles,`,
    bytes: fileBytes + 2 * heapBytes + arrays,
    heapBytes,
  });
}

/**
 * A mesh of numbers that a reader found.
 *
 * @param positions Corners, three numbers each.
 * @param triangles Corners of the triangles, three numbers each.
 * @param name Name of the file for messages.
 * @throws {DataError} If there are no triangles, a position is not finite, or a triangle has a corner that is not there.
 */
export function triangleMesh(
  positions: ArrayLike<number>,
  triangles: ArrayLike<number>,
  name: string,
): TriangleMesh {
  if (triangles.length === 0) {
    throw new DataError(`${name} has no triangles: only surfaces can be voxelised, not points or lines.`);
  }
  const places = new Float32Array(positions), corners = new Uint32Array(triangles);
  const vertices = places.length / 3;
  for (let i = 0; i < places.length; i++) {
    if (!Number.isFinite(places[i]!)) {
      throw new DataError(
        `${name} is damaged: vertex ${Math.floor(i / 3)} has the coordinate ${
          positions[i]
        }, not a number in range.`,
      );
    }
  }
  for (let i = 0; i < corners.length; i++) {
    if (triangles[i]! !== corners[i]! || corners[i]! >= vertices) {
      throw new DataError(
        `${name} is damaged: triangle ${Math.floor(i / 3)} has the corner ${triangles[i]}, ` +
          `but there are vertices 0 to ${vertices - 1} only.`,
      );
    }
  }
  return { positions: places, triangles: corners };
}
