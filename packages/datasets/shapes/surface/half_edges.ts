/**
 * Half-edges of a triangle mesh, three per triangle: half-edge `i` goes from corner `i` to the next corner of triangle
 * `⌊i / 3⌋`. Those between the same two vertices, in either direction, form a chain.
 *
 * @module
 */

/** Half-edges by their edge. */
export interface HalfEdges {
  /** First half-edge of each edge, in the order of their first occurrence. */
  readonly first: Int32Array;
  /** Next half-edge of the same edge, or -1, `[half-edges]`. */
  readonly next: Int32Array;
}

/** Returns the half-edge after this one in its triangle, whose start is this one's end. */
export function following(halfEdge: number): number {
  return halfEdge % 3 === 2 ? halfEdge - 2 : halfEdge + 1;
}

/**
 * Links the half-edges of each edge.
 *
 * @param triangles Vertex indices, `[triangles, 3]`.
 */
export function halfEdges(triangles: Uint32Array): HalfEdges {
  const count = triangles.length;
  let capacity = 16;
  while (capacity < 1.5 * count) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1);
  const first = new Int32Array(count), next = new Int32Array(count).fill(-1);
  let edges = 0;
  for (let i = 0; i < count; i++) {
    const from = triangles[i]!, to = triangles[following(i)]!;
    const low = Math.min(from, to), high = Math.max(from, to);
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let slot = (hash ^ (hash >>> 13)) & (capacity - 1);; slot = (slot + 1) & (capacity - 1)) {
      const edge = table[slot]!;
      if (edge < 0) {
        table[slot] = edges;
        first[edges++] = i;
        break;
      }
      const head = first[edge]!, a = triangles[head]!, b = triangles[following(head)]!;
      if (Math.min(a, b) !== low || Math.max(a, b) !== high) continue;
      next[i] = next[head]!;
      next[head] = i;
      break;
    }
  }
  return { first: first.slice(0, edges), next };
}

/** What the edges of a mesh say about the surface. */
export interface EdgeCounts {
  /** Number of edges. */
  readonly all: number;
  /** Edges of an odd number of triangles: the surface has a hole there. */
  readonly open: number;
  /** Edges that do not occur equally often in both directions: 0 if closed and consistently oriented. */
  readonly unbalanced: number;
}

/**
 * Counts open and unbalanced edges.
 *
 * @param triangles Vertex indices, `[triangles, 3]`.
 * @param edges Their half-edges.
 */
export function countEdges(triangles: Uint32Array, { first, next }: HalfEdges): EdgeCounts {
  let open = 0, unbalanced = 0;
  for (const head of first) {
    const start = triangles[head]!;
    let balance = 0, uses = 0;
    for (let i = head; i >= 0; i = next[i]!, uses++) balance += triangles[i] === start ? 1 : -1;
    if (uses % 2 === 1) open++;
    if (balance !== 0) unbalanced++;
  }
  return { all: first.length, open, unbalanced };
}
