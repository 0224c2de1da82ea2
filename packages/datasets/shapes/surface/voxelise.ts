/**
 * Voxelises surfaces. For closed ones a ray is cast upwards through each column of voxels, and a voxel's occupancy follows
 * from the triangles crossed below it; for others it follows from the generalised winding number at its point.
 *
 * Rays through edges and vertices are handled exactly: vertices are rounded to the integers of a fine lattice, on which all
 * tests are exact, and a ray that hits an edge is perturbed by (ε, ε²), which is on the same side for both triangles of the
 * edge (Edelsbrunner and Mücke: "Simulation of simplicity", 1990).
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";
import { type Orientation, reorientPositions } from "../formats/orientation.ts";
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import { type CleanMesh, cleanMesh } from "./clean_mesh.ts";
import { shapeThickness } from "./thickness.ts";
import { WindingTree, windingTreeBytes } from "./winding_tree.ts";

/**
 * How a surface is voxelised.
 *
 * @category Shapes
 */
export interface VoxeliseOptions {
  /** Points along each axis, from 2 to 8192. */
  readonly resolution: number;
  /** Axes of the mesh; default: the project's. */
  readonly orientation?: Orientation;
  /** Empty margin: the shape's longest side spans [margin - 1, 1 - margin]. Default 0.05. */
  readonly margin?: number;
  /**
   * What is inside. `winding`: where the generalised winding number is above ½, for any surface; `parity`: where a ray to
   * the outside crosses the surface an odd number of times, for watertight surfaces whose parts are to be subtracted where
   * they overlap. Default: `winding`.
   */
  readonly rule?: "winding" | "parity";
  /**
   * Distance within which vertices are welded, relative to the longest side. Default: 0, then 1e-5 where edges remain open.
   */
  readonly weld?: number;
  /** Mesh name for messages. */
  readonly name?: string;
  /** Receives a sentence about a surface that is not watertight. */
  readonly report?: (message: string) => void;
}

/** Lattice points between neighbouring columns. With 8192 columns all products of the tests stay below 2^53. */
const LATTICE = 4096;

const MAX_RESOLUTION = 8192;

/** Scales and centres vertices in grid units: along each axis 0 is the first voxel and `resolution - 1` the last. */
function fitToGrid(
  positions: Float32Array,
  triangles: Uint32Array,
  resolution: number,
  margin: number,
  name: string,
): Float64Array {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const vertex of triangles) {
    for (let axis = 0; axis < 3; axis++) {
      const x = positions[3 * vertex + axis]!;
      if (x < low[axis]!) low[axis] = x;
      if (x > high[axis]!) high[axis] = x;
    }
  }
  const size = Math.max(...high.map((end, axis) => end - low[axis]!));
  if (!(size > 0)) throw new DataError(`${name} has no extent: all its vertices coincide.`);
  const half = (resolution - 1) / 2, scale = 2 * half * (1 - margin) / size;
  // By index: `from` would first build a list of JavaScript numbers.
  const fitted = new Float64Array(positions.length);
  for (let i = 0; i < fitted.length; i++) {
    fitted[i] = half + (positions[i]! - (low[i % 3]! + high[i % 3]!) / 2) * scale;
  }
  return fitted;
}

/**
 * Returns the side of a point relative to the directed line from a to b, all on the lattice: 1 for left, -1 for right, 0 if
 * a equals b. A point on the line is perturbed by (ε, ε²).
 */
function side(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const dx = bx - ax, dy = by - ay;
  return Math.sign(dx * (py - ay) - dy * (px - ax)) || -Math.sign(dy) || Math.sign(dx);
}

/**
 * Counts, for every voxel, the signed crossings of the upward ray between the voxel below and itself: 1 for triangles
 * through which it enters, -1 for those through which it leaves.
 */
function crossings(corners: Float64Array, triangles: Uint32Array, resolution: number): Int32Array {
  const counts = new Int32Array(resolution ** 3);
  const lattice = corners.map((x) => Math.round(x * LATTICE));
  const last = resolution - 1;
  for (let i = 0; i < triangles.length; i += 3) {
    const a = 3 * triangles[i]!, b = 3 * triangles[i + 1]!, c = 3 * triangles[i + 2]!;
    const ax = lattice[a]!, ay = lattice[a + 1]!, bx = lattice[b]!, by = lattice[b + 1]!;
    const cx = lattice[c]!, cy = lattice[c + 1]!;
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0) continue;
    const turn = Math.sign(area);
    const xEnd = Math.min(last, Math.floor(Math.max(ax, bx, cx) / LATTICE));
    const yEnd = Math.min(last, Math.floor(Math.max(ay, by, cy) / LATTICE));
    const yStart = Math.max(0, Math.ceil(Math.min(ay, by, cy) / LATTICE));
    for (let x = Math.max(0, Math.ceil(Math.min(ax, bx, cx) / LATTICE)); x <= xEnd; x++) {
      for (let y = yStart; y <= yEnd; y++) {
        const px = x * LATTICE, py = y * LATTICE;
        if (
          side(ax, ay, bx, by, px, py) !== turn || side(bx, by, cx, cy, px, py) !== turn ||
          side(cx, cy, ax, ay, px, py) !== turn
        ) continue;
        const atB = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area;
        const atC = ((ax - px) * (by - py) - (ay - py) * (bx - px)) / area;
        const height = corners[a + 2]! + atB * (corners[b + 2]! - corners[a + 2]!) +
          atC * (corners[c + 2]! - corners[a + 2]!);
        const above = Math.max(0, Math.ceil(height));
        // The ray enters through a triangle whose outside is below, which is clockwise seen from above.
        if (above <= last) counts[(x * resolution + y) * resolution + above]! -= turn;
      }
    }
  }
  return counts;
}

/**
 * Returns the bytes that {@link voxelise} allocates for grids, including the result.
 *
 * @param resolution Points along each axis.
 */
export function voxeliseBytes(resolution: number): number {
  return 5 * resolution ** 3;
}

/**
 * Voxelises a surface, scaled uniformly to fit the box [-1, 1]³. A voxel is inside if its point on the grid of
 * `gridCoordinates` is. Vertices are welded, copies of triangles dropped, and parts oriented outwards; parts may overlap. The
 * surface need not be watertight: see `rule`.
 *
 * @param mesh Surface.
 * @param options Resolution, axes, margin and rule.
 * @returns 1 inside, 0 outside, `[x, y, z]`.
 * @throws {DataError} If the surface has no extent, encloses no point of the grid, or is not watertight with `parity`.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the resolution or the margin is out of range.
 *
 * @example A tetrahedron fills a sixth of its box
 * ```ts
 * import { parseObj, voxelise } from "@gasp/datasets";
 * import { assert } from "@std/assert";
 *
 * const text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n";
 * const mesh = parseObj(new TextEncoder().encode(text));
 * const grid = voxelise(mesh, { resolution: 16, margin: 0 });
 * const inside = grid.reduce((sum, value) => sum + value, 0);
 * assert(inside > 16 ** 3 / 10 && inside < 16 ** 3 / 4);
 * ```
 *
 * @category Shapes
 */
export function voxelise(mesh: TriangleMesh, options: VoxeliseOptions): Uint8Array {
  const { resolution, orientation = "z-up", margin = 0.05, rule = "winding", name = "the mesh" } = options;
  if (!Number.isInteger(resolution) || resolution < 2 || resolution > MAX_RESOLUTION) {
    throw new RangeError(
      `The resolution must be an integer from 2 to ${MAX_RESOLUTION}, got ${resolution}.`,
    );
  }
  if (!(margin >= 0 && margin < 1)) {
    throw new RangeError(`The margin must be at least 0 and below 1, got ${margin}.`);
  }
  requireMemory({
    purpose: `${name} at a resolution of ${resolution}`,
    bytes: voxeliseBytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes: voxeliseBytes }],
  });
  const clean = cleanMesh(mesh, name, options.weld), { triangles, edges } = clean;
  if (rule === "parity" && edges.open > 0) {
    throw new DataError(
      `${name} is not watertight: ${edges.open} of its ${edges.all} edges are open (they belong to an odd number of ` +
        "triangles), so that crossings cannot be counted. Use the rule `winding`, or close its holes in a mesh editor.",
    );
  }
  const corners = fitToGrid(
    reorientPositions(clean.positions, orientation),
    triangles,
    resolution,
    margin,
    name,
  );
  const voxels = rule === "parity" || clean.closed
    ? fillColumns(crossings(corners, triangles, resolution), resolution, rule)
    : fillByWinding(corners, triangles, resolution, name);
  if (!voxels.includes(1)) throw emptyShape(corners, clean, resolution, name);
  if (!clean.closed) {
    options.report?.(
      `${name} is not watertight (${edges.open} of ${edges.all} edges are open, ${
        edges.unbalanced - edges.open
      } join parts of opposite orientation): inside is where its winding number is above 0.5.`,
    );
  }
  return voxels;
}

/** Fills voxels from the signed crossings below them. */
function fillColumns(counts: Int32Array, resolution: number, rule: "winding" | "parity"): Uint8Array {
  const voxels = new Uint8Array(counts.length);
  for (let column = 0; column < counts.length; column += resolution) {
    for (let z = 0, crossed = 0; z < resolution; z++) {
      crossed += counts[column + z]!;
      voxels[column + z] = (rule === "winding" ? crossed !== 0 : crossed % 2 !== 0) ? 1 : 0;
    }
  }
  return voxels;
}

/** Offsets of the tested points in grid units, so that none lies on an edge or in the plane of a face of a box. */
const OFFSETS = [1.1e-6, 0.7e-6, 1.3e-6] as const;

/** Fills voxels whose winding number is above ½. Points outside the box of the surface are outside. */
function fillByWinding(
  corners: Float64Array,
  triangles: Uint32Array,
  resolution: number,
  name: string,
): Uint8Array {
  requireMemory({ purpose: `the surface of ${name}`, bytes: windingTreeBytes(triangles.length / 3) });
  const tree = new WindingTree(corners, triangles);
  const voxels = new Uint8Array(resolution ** 3);
  const [from, to] = [[0, 0, 0], [0, 0, 0]];
  for (let axis = 0; axis < 3; axis++) {
    let low = Infinity, high = -Infinity;
    for (const vertex of triangles) {
      low = Math.min(low, corners[3 * vertex + axis]!);
      high = Math.max(high, corners[3 * vertex + axis]!);
    }
    from[axis] = Math.max(0, Math.ceil(low - OFFSETS[axis]!));
    to[axis] = Math.min(resolution - 1, Math.floor(high));
  }
  for (let x = from[0]!; x <= to[0]!; x++) {
    for (let y = from[1]!; y <= to[1]!; y++) {
      for (let z = from[2]!; z <= to[2]!; z++) {
        if (tree.at(x + OFFSETS[0], y + OFFSETS[1], z + OFFSETS[2]) > 0.5) {
          voxels[(x * resolution + y) * resolution + z] = 1;
        }
      }
    }
  }
  return voxels;
}

/** Highest resolution that is advised. */
const MAX_ADVICE = 1024;

/** Explains why a shape has nothing inside. */
function emptyShape(
  corners: Float64Array,
  { triangles, doubleSided, edges }: CleanMesh,
  resolution: number,
  name: string,
): DataError {
  const enough = Math.ceil((resolution - 1) / shapeThickness(corners, triangles)) + 1;
  const causes = [
    ...(edges.open > 0 ? [`${edges.open} of its ${edges.all} edges are open`] : []),
    ...(doubleSided > 0 ? [`${doubleSided} of its faces are double-sided`] : []),
  ];
  const because = causes.length > 0 ? ` (${causes.join(", ")})` : "";
  return new DataError(
    `${name} has nothing inside at ${resolution} points along each axis${because}: ` +
      (enough > resolution && enough <= MAX_ADVICE
        ? `it is thinner than their spacing. Use a --resolution of about ${enough}, or thicken it.`
        : "it encloses too little volume at any usual resolution. Thicken it in a mesh editor, or remove it."),
  );
}
