/**
 * Compares the readers of meshes with Open3D, and voxelisation with half-spaces of convex meshes:
 * `deno run -A tools/agreement/shapes.ts`. It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { parseMesh, voxelise } from "@gasp/datasets";
import { dirname } from "node:path/posix";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** A mesh; of those that are voxelised, with the points along each axis. */
interface ShapeEntry extends Entry {
  readonly resolution?: number;
}

/** Number of coordinates of a triangle. */
const CORNERS = 9;

/** Marks points that are too near to the surface. */
const UNDECIDED = 2;

/** Returns triangles in an order of their own, each from its least corner on: readers may keep others. */
function sorted(corners: Float32Array): Float32Array {
  const triangles = Array.from({ length: corners.length / CORNERS }, (_, i) => {
    const values = [...corners.subarray(CORNERS * i, CORNERS * (i + 1))];
    const turned = [0, 3, 6].map((first) => [...values.slice(first), ...values.slice(0, first)]);
    return turned.sort(compareLists)[0]!;
  });
  return Float32Array.from(triangles.sort(compareLists).flat());
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** Shapes, against Open3D and closed forms. */
export const SHAPES: Agreement<ShapeEntry> = {
  what: "shapes",
  modules: ["open3d"],
  packages: ["python3-open3d"],
  async compare(path, { name, resolution }, bytes) {
    const beside = (file: string) => Deno.readFile(`${dirname(path)}/${file}`);
    const mesh = await parseMesh(await Deno.readFile(path), name, beside);
    if (resolution === undefined) {
      const corners = Float32Array.from(
        { length: 3 * mesh.triangles.length },
        (_, i) => mesh.positions[3 * mesh.triangles[Math.floor(i / 3)]! + i % 3]!,
      );
      const expected = sorted(new Float32Array(bytes.buffer));
      const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return largestDifference(sorted(corners), expected) / size;
    }
    const inside = voxelise(mesh, { resolution, orientation: "z-up" });
    return largestDifference(inside.map((value, i) => bytes[i] === UNDECIDED ? UNDECIDED : value), bytes);
  },
};

if (import.meta.main) Deno.exit(await printAgreement(SHAPES));
