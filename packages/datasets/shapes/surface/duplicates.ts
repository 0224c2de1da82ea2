/**
 * Triangles that occur more than once: copies, and the two sides of double-sided faces, as in ShapeNet.
 *
 * @module
 */
import { type HalfEdges, halfEdges } from "./half_edges.ts";

/** A mesh's triangles without repetitions. */
export interface DistinctTriangles {
  /** Vertex indices, `[triangles, 3]`: the first of each set of triangles with the same vertices. */
  readonly triangles: Uint32Array;
  /** 1 for triangles that occurred with both orientations, `[triangles]`. */
  readonly doubleSided: Uint8Array;
}

/**
 * Removes triangles with the same three vertices as an earlier one, in either orientation.
 *
 * @param triangles Vertex indices, `[triangles, 3]`.
 */
export function distinctTriangles(triangles: Uint32Array): DistinctTriangles {
  const count = triangles.length / 3;
  let capacity = 16;
  while (capacity < 2 * count) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1), distinct = new Uint32Array(triangles.length);
  const doubleSided = new Uint8Array(count);
  let used = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const a = triangles[i]!, b = triangles[i + 1]!, c = triangles[i + 2]!;
    const low = Math.min(a, b, c), high = Math.max(a, b, c), middle = a + b + c - low - high;
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(middle, 0x85ebca77) ^ Math.imul(high, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    for (let slot = (hash ^ (hash >>> 13)) & (capacity - 1);; slot = (slot + 1) & (capacity - 1)) {
      const other = table[slot]!;
      if (other < 0) {
        table[slot] = used;
        distinct[used] = a, distinct[used + 1] = b, distinct[used + 2] = c;
        used += 3;
        break;
      }
      const x = distinct[other]!, y = distinct[other + 1]!, z = distinct[other + 2]!;
      if (Math.min(x, y, z) !== low || Math.max(x, y, z) !== high || x + y + z !== low + middle + high) {
        continue;
      }
      const isCopy = (x === a && y === b) || (x === b && y === c) || (x === c && y === a);
      if (!isCopy) doubleSided[other / 3] = 1;
      break;
    }
  }
  return { triangles: distinct.slice(0, used), doubleSided: doubleSided.slice(0, used / 3) };
}

/**
 * Removes double-sided faces that bound nothing: walls between two parts that touch, and loose sheets. A connected group of
 * them remains if most of its edges are then those of an even number of triangles, as where it is a closed surface or part
 * of one.
 *
 * @param distinct Triangles without repetitions.
 * @returns The remaining triangles.
 */
export function boundingTriangles(distinct: DistinctTriangles): DistinctTriangles {
  const { triangles, doubleSided } = distinct;
  if (!doubleSided.includes(1)) return distinct;
  const edges = halfEdges(triangles), edgeOf = edgeIndices(edges, triangles.length);
  const seen = new Uint8Array(doubleSided.length), keep = new Uint8Array(doubleSided.length);
  doubleSided.forEach((isDouble, seed) => {
    if (!isDouble) keep[seed] = 1;
    if (!isDouble || seen[seed]) return;
    const group = [seed];
    seen[seed] = 1;
    let odd = 0, all = 0;
    for (let done = 0; done < group.length; done++) {
      for (let i = 3 * group[done]!; i < 3 * group[done]! + 3; i++) {
        let uses = 0;
        for (let j = edges.first[edgeOf[i]!]!; j >= 0; j = edges.next[j]!, uses++) {
          const other = Math.floor(j / 3);
          if (!doubleSided[other] || seen[other]) continue;
          seen[other] = 1;
          group.push(other);
        }
        all++;
        odd += uses % 2;
      }
    }
    if (2 * odd <= all) { for (const triangle of group) keep[triangle] = 1; }
  });
  return {
    triangles: triangles.filter((_, corner) => keep[Math.floor(corner / 3)] === 1),
    doubleSided: doubleSided.filter((_, triangle) => keep[triangle] === 1),
  };
}

/** Returns the edge of each half-edge. */
function edgeIndices({ first, next }: HalfEdges, count: number): Int32Array {
  const edgeOf = new Int32Array(count);
  first.forEach((head, edge) => {
    for (let i = head; i >= 0; i = next[i]!) edgeOf[i] = edge;
  });
  return edgeOf;
}
