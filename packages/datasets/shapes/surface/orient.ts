/**
 * Orients the triangles of a mesh consistently. Neighbours across an edge of two triangles must pass it in opposite
 * directions; a component is turned so that most of its area remains as it is in the file.
 *
 * @module
 */
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import type { HalfEdges } from "./half_edges.ts";

/** A mesh whose connected parts are consistently oriented. */
export interface OrientedMesh extends TriangleMesh {
  /** Component of each triangle, `[triangles]`. */
  readonly component: Int32Array;
  /** Signed volume below each component's surface about its own corner; negative if most of it faces inwards. */
  readonly volumes: readonly number[];
  /** Number of triangles that were turned. */
  readonly turned: number;
}

/** Twice the area of a triangle, as a vector. */
function areaVector(p: Float32Array, a: number, b: number, c: number): [number, number, number] {
  const ux = p[b]! - p[a]!, uy = p[b + 1]! - p[a + 1]!, uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!, vy = p[c + 1]! - p[a + 1]!, vz = p[c + 2]! - p[a + 2]!;
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/**
 * Orients a welded mesh. Edges of one triangle, or of more than two, do not connect parts.
 *
 * @param mesh Mesh with shared vertices.
 * @param edges Its half-edges.
 */
export function orient({ positions, triangles }: TriangleMesh, { first, next }: HalfEdges): OrientedMesh {
  const count = triangles.length / 3;
  const partner = new Int32Array(triangles.length).fill(-1);
  for (const head of first) {
    const other = next[head]!;
    if (other < 0 || next[other]! >= 0) continue;
    partner[head] = other;
    partner[other] = head;
  }
  const component = new Int32Array(count).fill(-1), turn = new Uint8Array(count);
  const volumes: number[] = [], pending = new Int32Array(count);
  const oriented = triangles.slice();
  let turned = 0;
  for (let seed = 0; seed < count; seed++) {
    if (component[seed]! >= 0) continue;
    const index = volumes.length;
    let filled = 1, turnedArea = 0, area = 0;
    pending[0] = seed;
    component[seed] = index;
    for (let done = 0; done < filled; done++) {
      const triangle = pending[done]!;
      const corners = [0, 1, 2].map((i) => 3 * triangles[3 * triangle + i]!) as [number, number, number];
      const size = Math.hypot(...areaVector(positions, ...corners));
      area += size;
      if (turn[triangle]) turnedArea += size;
      for (let i = 3 * triangle; i < 3 * triangle + 3; i++) {
        const other = partner[i]!;
        if (other < 0) continue;
        const neighbour = Math.floor(other / 3);
        if (component[neighbour]! >= 0) continue;
        component[neighbour] = index;
        // Two half-edges of one direction belong to triangles of opposite orientation.
        turn[neighbour] = turn[triangle]! ^ (triangles[i] === triangles[other] ? 1 : 0);
        pending[filled++] = neighbour;
      }
    }
    const majority = 2 * turnedArea > area ? 0 : 1;
    const origin = 3 * triangles[3 * seed]!;
    let volume = 0;
    for (let done = 0; done < filled; done++) {
      const triangle = pending[done]!, at = 3 * triangle;
      if (turn[triangle] === majority) {
        oriented[at + 1] = triangles[at + 2]!;
        oriented[at + 2] = triangles[at + 1]!;
        turned++;
      }
      const a = 3 * oriented[at]!;
      const [x, y, z] = areaVector(positions, a, 3 * oriented[at + 1]!, 3 * oriented[at + 2]!);
      volume += x * (positions[a]! - positions[origin]!) + y * (positions[a + 1]! - positions[origin + 1]!) +
        z * (positions[a + 2]! - positions[origin + 2]!);
    }
    volumes.push(volume / 6);
  }
  return { positions, triangles: oriented, component, volumes, turned };
}
