/**
 * Prepares the surface of a mesh for tests of inside and outside: welds vertices, drops repeated triangles, and orients parts
 * outwards.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import type { TriangleMesh } from "../formats/triangle_mesh.ts";
import { boundingTriangles, distinctTriangles } from "./duplicates.ts";
import { countEdges, type EdgeCounts, type HalfEdges, halfEdges } from "./half_edges.ts";
import { orient, type OrientedMesh } from "./orient.ts";
import { weld } from "./weld.ts";
import { WindingTree } from "./winding_tree.ts";

/** A mesh with shared vertices, without repeated triangles, its parts oriented outwards (cavities inwards). */
export interface CleanMesh extends TriangleMesh {
  /** Whether the surface is closed and consistently oriented. */
  readonly closed: boolean;
  /** Edges of an odd number of triangles, and all edges. */
  readonly edges: EdgeCounts;
  /** Number of triangles that were double-sided. */
  readonly doubleSided: number;
}

/** Tolerance of the second attempt to weld, relative to the longest side: a unit in the last place of six digits. */
export const WELD_TOLERANCE = 1e-5;

/** Parts of less volume than this, relative to the power 3/2 of their area, are sheets without an inside. */
const SHEET = 1e-4;

/** Parts with a larger share of open edges have no reliable inside of their own. */
const MAX_OPEN = 0.1;

/**
 * Cleans a mesh. Where edges are open after welding equal vertices, those within {@link WELD_TOLERANCE} are welded as well.
 *
 * @param mesh Mesh.
 * @param name File name for messages.
 * @param tolerance Distance within which vertices are welded, relative to the longest side; replaces both attempts.
 * @throws {DataError} If no triangle is left.
 */
export function cleanMesh(mesh: TriangleMesh, name: string, tolerance?: number): CleanMesh {
  const size = longestSide(mesh);
  const clean = cleanWelded(weld(mesh, (tolerance ?? 0) * size), name);
  if (clean.edges.open === 0 || tolerance !== undefined || size === 0) return clean;
  const welded = weld(mesh, WELD_TOLERANCE * size);
  if (welded.triangles.length === 0) return clean;
  const closer = cleanWelded(welded, name);
  return closer.edges.open < clean.edges.open ? closer : clean;
}

function longestSide({ positions }: TriangleMesh): number {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  positions.forEach((x, i) => {
    low[i % 3] = Math.min(low[i % 3]!, x);
    high[i % 3] = Math.max(high[i % 3]!, x);
  });
  return Math.max(0, ...high.map((end, axis) => end - low[axis]!));
}

function cleanWelded({ positions, triangles: welded }: TriangleMesh, name: string): CleanMesh {
  const distinct = distinctTriangles(welded);
  const { triangles, doubleSided } = boundingTriangles(distinct);
  const sheets = distinct.doubleSided.reduce((sum, value) => sum + value, 0);
  if (triangles.length === 0) {
    throw new DataError(
      sheets > 0
        ? `${name} has nothing inside: its ${sheets} faces are double-sided sheets (each triangle occurs with both ` +
          "orientations) that enclose no volume. Give them thickness in a mesh editor."
        : `${name} has no extent: all its triangles are degenerate.`,
    );
  }
  const edges = halfEdges(triangles);
  const oriented = orient({ positions, triangles }, edges);
  turnOutwards(oriented, edges, doubleSided);
  const counts = countEdges(oriented.triangles, edges);
  return {
    positions,
    triangles: oriented.triangles,
    closed: counts.unbalanced === 0,
    edges: counts,
    doubleSided: sheets,
  };
}

/** Facts about a connected part. */
interface Part {
  volume: number;
  area: number;
  halfEdges: number;
  open: number;
  /** Whether its orientation in the file means nothing, since it has both. */
  doubleSided: boolean;
  /** Triangles, as offsets of their first corners. */
  readonly triangles: number[];
}

/** Turns parts that face inwards, unless they are cavities: inside of parts that face outwards. */
function turnOutwards(mesh: OrientedMesh, edges: HalfEdges, doubleSided: Uint8Array): void {
  const { triangles, component, volumes } = mesh;
  if (volumes.every((volume) => volume >= 0)) return;
  const parts = partsOf(mesh, edges, doubleSided);
  const isInward = ({ volume, area, open, halfEdges, doubleSided }: Part) =>
    doubleSided ? volume < 0 : volume < -SHEET * area ** 1.5 && open <= MAX_OPEN * halfEdges;
  const inward = new Map([...parts].filter(([, part]) => isInward(part)));
  if (inward.size === 0) return;
  const outer = triangles.filter((_, corner) => !inward.has(component[Math.floor(corner / 3)]!));
  const tree = new WindingTree(mesh.positions, outer);
  for (const { doubleSided, triangles: own } of inward.values()) {
    if (!doubleSided && isInside(tree, mesh, own)) continue;
    for (const at of own) {
      const b = triangles[at + 1]!;
      triangles[at + 1] = triangles[at + 2]!;
      triangles[at + 2] = b;
    }
  }
}

/** Collects the facts of parts of negative volume. */
function partsOf(
  { positions, triangles, component, volumes }: OrientedMesh,
  { first, next }: HalfEdges,
  doubleSided: Uint8Array,
): Map<number, Part> {
  const parts = new Map<number, Part>();
  volumes.forEach((volume, index) => {
    if (volume < 0) {
      parts.set(index, { volume, area: 0, halfEdges: 0, open: 0, doubleSided: false, triangles: [] });
    }
  });
  component.forEach((index, triangle) => {
    const part = parts.get(index);
    if (part === undefined) return;
    const [a, b, c] = [0, 1, 2].map((i) => 3 * triangles[3 * triangle + i]!) as [number, number, number];
    const side = (from: number, to: number) =>
      [0, 1, 2].map((i) => positions[to + i]! - positions[from + i]!) as [number, number, number];
    const [ux, uy, uz] = side(a, b), [vx, vy, vz] = side(a, c);
    part.area += Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
    part.halfEdges += 3;
    part.doubleSided ||= doubleSided[triangle] === 1;
    part.triangles.push(3 * triangle);
  });
  for (const head of first) {
    const part = next[head]! < 0 ? parts.get(component[Math.floor(head / 3)]!) : undefined;
    if (part) part.open++;
  }
  return parts;
}

/** Corners of a part that are tested. */
const TESTED = 16;

/** Whether a part is within others. */
function isInside(
  tree: WindingTree,
  { positions, triangles }: OrientedMesh,
  part: readonly number[],
): boolean {
  const step = Math.max(1, Math.floor(part.length / TESTED));
  for (let i = 0; i < part.length; i += step) {
    const at = 3 * triangles[part[i]!]!;
    if (tree.at(positions[at]!, positions[at + 1]!, positions[at + 2]!) < 0.5) return false;
  }
  return true;
}
