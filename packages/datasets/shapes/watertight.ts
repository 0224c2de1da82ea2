/**
 * Checks that a triangle mesh encloses a volume.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { TriangleMesh } from "./triangle_mesh.ts";

/** A mesh with coincident vertices merged and degenerate triangles removed. */
export interface WeldedMesh extends TriangleMesh {
  /** Whether each edge occurs equally often in both directions, so that triangles are consistently oriented. */
  readonly oriented: boolean;
}

/** Exclusive upper bound of vertices, so that a pair of them and a direction fit into one exact number. */
const PAIR = 2 ** 26;

/**
 * Finds coincident vertices by hashing.
 *
 * @param mesh Mesh; formats with normals repeat a vertex for each of its faces.
 * @returns Index of the first vertex at each vertex's position.
 */
function firstCoincident({ positions }: TriangleMesh): Uint32Array {
  const vertices = positions.length / 3;
  // Adding 0 turns -0 into 0.
  const bits = new Uint32Array(positions.map((x) => x + 0).buffer);
  let capacity = 16;
  while (capacity < 2 * vertices) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1), first = new Uint32Array(vertices);
  for (let vertex = 0; vertex < vertices; vertex++) {
    const x = bits[3 * vertex]!, y = bits[3 * vertex + 1]!, z = bits[3 * vertex + 2]!;
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let slot = (hash ^ (hash >>> 13)) & (capacity - 1);; slot = (slot + 1) & (capacity - 1)) {
      const other = table[slot]!;
      if (other < 0) table[slot] = vertex;
      else if (bits[3 * other] !== x || bits[3 * other + 1] !== y || bits[3 * other + 2] !== z) continue;
      first[vertex] = other < 0 ? vertex : other;
      break;
    }
  }
  return first;
}

/**
 * Welds coincident vertices and checks that the surface has no holes: every edge belongs to two triangles (or to any even
 * number where closed parts touch).
 *
 * @param mesh Mesh.
 * @param name File name for messages.
 * @returns The welded mesh.
 * @throws {DataError} If edges are open, with their number.
 */
export function weldWatertight(mesh: TriangleMesh, name: string = "the mesh"): WeldedMesh {
  if (mesh.positions.length / 3 >= PAIR) {
    throw new DataError(
      `${name} has ${mesh.positions.length / 3} vertices: at most ${PAIR - 1} are supported.`,
    );
  }
  const first = firstCoincident(mesh);
  const welded: number[] = [];
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    const a = first[mesh.triangles[i]!]!,
      b = first[mesh.triangles[i + 1]!]!,
      c = first[mesh.triangles[i + 2]!]!;
    if (a !== b && b !== c && c !== a) welded.push(a, b, c);
  }
  const edges = new Float64Array(welded.length);
  for (let i = 0; i < welded.length; i++) {
    const from = welded[i]!, to = welded[i % 3 === 2 ? i - 2 : i + 1]!;
    edges[i] = (from < to ? from * PAIR + to : to * PAIR + from) * 2 + (from < to ? 0 : 1);
  }
  edges.sort();
  let open = 0, all = 0, oriented = true;
  for (let i = 0; i < edges.length; all++) {
    const edge = Math.floor(edges[i]! / 2), start = i;
    let balance = 0;
    for (; i < edges.length && Math.floor(edges[i]! / 2) === edge; i++) balance += 1 - 2 * (edges[i]! % 2);
    if ((i - start) % 2 === 1) open++;
    if (balance !== 0) oriented = false;
  }
  if (open > 0) {
    throw new DataError(
      `${name} is not watertight: ${open} of its ${all} edges are open (they belong to an odd number of triangles), so ` +
        "that inside and outside are undefined. Close its holes in a mesh editor.",
    );
  }
  return { positions: mesh.positions, triangles: Uint32Array.from(welded), oriented };
}
