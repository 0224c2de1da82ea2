/**
 * The surface within one cell of a grid: marching cubes (Lorensen and Cline, 1987), with cases computed rather than
 * tabulated.
 *
 * On each face of the cell the surface is one or two segments between points on the face's edges. If two opposite corners of
 * a face are inside and two outside, the bilinear interpolant of the four values decides whether the inside corners are
 * connected (asymptotic decider; Nielson and Hamann, 1991). This depends on the face alone, so adjacent cells agree and the
 * surface has no holes. The segments form loops, and each loop is triangulated. No triangle has an edge across a face that
 * is not one of its segments; otherwise the adjacent cell could have the same edge, shared by four triangles.
 *
 * Corner `c` of a cell lies at `(c & 1, c >> 1 & 1, c >> 2)`. The edges are those along the first axis, then the
 * second, then the third, by their lower corner.
 *
 * @module
 */

/** An edge of a cell. */
export interface CellEdge {
  /** Axis parallel to the edge. */
  readonly axis: 0 | 1 | 2;
  /** Corner with the lower coordinate. */
  readonly low: number;
  /** Corner with the higher coordinate. */
  readonly high: number;
}

/** The twelve edges of a cell. */
export const CELL_EDGES: readonly CellEdge[] = ([0, 1, 2] as const).flatMap((axis) =>
  Array.from({ length: 8 }, (_, corner) => corner)
    .filter((corner) => !(corner >> axis & 1))
    .map((low) => ({ axis, low, high: low | 1 << axis }))
);

/** A face of a cell. */
interface CellFace {
  /** Corners, anticlockwise seen from outside the cell. */
  readonly corners: readonly number[];
  /** The edge from each corner to the next. */
  readonly edges: readonly number[];
}

const edgeBetween = (a: number, b: number): number =>
  CELL_EDGES.findIndex(({ low, high }) => low === Math.min(a, b) && high === Math.max(a, b));

const FACES: readonly CellFace[] = [0, 1, 2].flatMap((axis) =>
  [0, 1].map((side) => {
    const u = 1 << (axis + 1) % 3, v = 1 << (axis + 2) % 3, base = side << axis;
    const around = [base, base | u, base | u | v, base | v];
    const corners = side === 1 ? around : around.reverse();
    return { corners, edges: corners.map((corner, i) => edgeBetween(corner, corners[(i + 1) % 4]!)) };
  })
);

/** Bit mask of the faces of each edge. */
const FACES_OF_EDGE: readonly number[] = CELL_EDGES.map((_, edge) =>
  FACES.reduce((bits, { edges }, face) => edges.includes(edge) ? bits | 1 << face : bits, 0)
);

/** Surface within a cell. */
export interface CellSurface {
  /** Vertices of triangles, anticlockwise seen from outside the shape: edges of the cell, or 12 + index of a loop. */
  readonly triangles: readonly number[];
  /** Loops with a vertex at their centroid, as lists of edges. */
  readonly middles: readonly (readonly number[])[];
}

const known = new Map<number, CellSurface>();

/**
 * Computes the surface within a cell.
 *
 * @param values Values at the eight corners, positive inside.
 */
export function cellSurface(values: ArrayLike<number>): CellSurface {
  let key = 0;
  for (let corner = 0; corner < 8; corner++) if (values[corner]! > 0) key |= 1 << corner;
  for (let face = 0; face < 6; face++) if (joinsInside(FACES[face]!, key, values)) key |= 256 << face;
  let surface = known.get(key);
  if (surface === undefined) known.set(key, surface = fillLoops(loopsOf(key)));
  return surface;
}

/** Whether two opposite corners of a face are inside and connected: the saddle point of the four values is inside. */
function joinsInside({ corners: [a, b, c, d] }: CellFace, key: number, values: ArrayLike<number>): boolean {
  const isInside = key >> a! & 1;
  if ((key >> c! & 1) !== isInside || (key >> b! & 1) === isInside || (key >> d! & 1) === isInside) {
    return false;
  }
  const first = values[a!]! * values[c!]!, second = values[b!]! * values[d!]!;
  return isInside ? first > second : second > first;
}

/** For each edge crossed by the surface, the next edge of its loop; -1 for the others. */
function segmentsOf(key: number): number[] {
  const next = new Array<number>(12).fill(-1);
  FACES.forEach(({ corners, edges }, face) => {
    const inside = (i: number) => key >> corners[i & 3]! & 1;
    const isJoined = key >> 8 + face & 1;
    for (let i = 0; i < 4; i++) {
      // Between corners i and i + 1 the face's border enters the shape; find where it leaves.
      if (inside(i) || !inside(i + 1)) continue;
      let leaves = i + 1;
      if (isJoined) leaves = i + 3;
      else while (inside(leaves + 1)) leaves++;
      next[edges[i]!] = edges[leaves & 3]!;
    }
  });
  return next;
}

function loopsOf(key: number): number[][] {
  const next = segmentsOf(key), loops: number[][] = [];
  for (let start = 0; start < 12; start++) {
    const loop: number[] = [];
    for (let edge = start; next[edge]! >= 0;) {
      loop.push(edge);
      const following = next[edge]!;
      next[edge] = -1;
      edge = following;
    }
    if (loop.length > 0) loops.push(loop);
  }
  return loops;
}

function fillLoops(loops: readonly number[][]): CellSurface {
  const triangles: number[] = [], middles: number[][] = [];
  for (const loop of loops) {
    const apex = loop.findIndex((_, i) => isFanAllowed(loop, i));
    if (apex >= 0) {
      for (let i = 1; i + 1 < loop.length; i++) {
        triangles.push(loop[apex]!, at(loop, apex + i), at(loop, apex + i + 1));
      }
    } else {
      loop.forEach((edge, i) => triangles.push(12 + middles.length, edge, at(loop, i + 1)));
      middles.push(loop);
    }
  }
  return { triangles, middles };
}

/** Whether a triangle fan from one vertex of a loop has no edges within a face. */
function isFanAllowed(loop: readonly number[], apex: number): boolean {
  for (let i = 2; i + 1 < loop.length; i++) {
    if (FACES_OF_EDGE[loop[apex]!]! & FACES_OF_EDGE[at(loop, apex + i)]!) return false;
  }
  return true;
}

function at(loop: readonly number[], i: number): number {
  return loop[i % loop.length]!;
}
