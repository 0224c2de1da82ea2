/**
 * Generalised winding numbers of triangle soups: 1 inside and 0 outside a closed surface, and a smooth transition across the
 * holes of an open one (Jacobson, Kavan and Sorkine: "Robust inside-outside segmentation using generalized winding
 * numbers", 2013).
 *
 * The winding number at q is the sum of the triangles' signed solid angles, divided by 4π. Groups of triangles that are far
 * away are replaced by the first three terms of the Taylor expansion of their sum about their centroid p (Barill et al.:
 * "Fast winding numbers for soups and clouds", 2018): see `moments.ts`.
 *
 * @module
 */
import { addTriangle, farField, mergeMoments, MOMENTS, type Moments, momentsAt } from "./moments.ts";

/** Triangles of a leaf. */
const LEAF = 8;

/** A group is far at this many times its radius. */
const FAR = 2;

/** Numbers per node: the squared distance from which it is far, and its moments. */
const STRIDE = 1 + MOMENTS;

/**
 * Returns the signed solid angle of a triangle at the origin (van Oosterom and Strackee, 1983), positive if the origin is
 * on the side from which it is clockwise, as from inside a closed surface.
 */
function solidAngle(
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  cx: number,
  cy: number,
  cz: number,
): number {
  const a = Math.sqrt(ax * ax + ay * ay + az * az), b = Math.sqrt(bx * bx + by * by + bz * bz);
  const c = Math.sqrt(cx * cx + cy * cy + cz * cz);
  const volume = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  const other = a * b * c + (ax * bx + ay * by + az * bz) * c + (ax * cx + ay * cy + az * cz) * b +
    (bx * cx + by * cy + bz * cz) * a;
  return 2 * Math.atan2(volume, other);
}

/** A hierarchy of boxes over triangles that evaluates winding numbers. */
export class WindingTree {
  /** Corners of the triangles in the order of the tree, `[triangles, 9]`. */
  readonly #corners: Float64Array;
  /** Values of the nodes in preorder. */
  readonly #nodes: Float32Array;
  /** For each node: the node after its subtree, and its range of triangles if it is a leaf (else 0, 0). */
  readonly #links: Int32Array;
  #used = 0;

  /**
   * Builds a tree.
   *
   * @param positions Vertices, `[vertices, 3]`.
   * @param triangles Vertex indices, `[triangles, 3]`.
   */
  constructor(positions: ArrayLike<number>, triangles: ArrayLike<number>) {
    const count = triangles.length / 3;
    const centroids = new Float64Array(3 * count);
    for (let i = 0; i < centroids.length; i++) {
      const at = i - i % 3, axis = i % 3;
      centroids[i] = (positions[3 * triangles[at]! + axis]! + positions[3 * triangles[at + 1]! + axis]! +
        positions[3 * triangles[at + 2]! + axis]!) / 3;
    }
    const order = new Int32Array(count).map((_, i) => i);
    // A node has more than LEAF / 2 triangles, and a binary tree twice as many nodes as leaves.
    const nodes = Math.max(2, Math.ceil(4 * count / LEAF) + 2);
    this.#nodes = new Float32Array(STRIDE * nodes);
    this.#links = new Int32Array(3 * nodes);
    this.#corners = new Float64Array(9 * count);
    const build = (start: number, end: number): Moments => {
      const node = this.#used++;
      let moments: Moments;
      if (end - start > LEAF) {
        const middle = (start + end) >> 1;
        splitAt(order, centroids, start, end, middle);
        moments = mergeMoments(build(start, middle), build(middle, end));
      } else {
        for (let i = start; i < end; i++) {
          for (let j = 0; j < 9; j++) {
            this.#corners[9 * i + j] = positions[3 * triangles[3 * order[i]! + Math.floor(j / 3)]! + j % 3]!;
          }
        }
        this.#links[3 * node + 1] = start;
        this.#links[3 * node + 2] = end;
        moments = this.#leafMoments(start, end);
      }
      this.#links[3 * node] = this.#used;
      this.#nodes[STRIDE * node] = FAR * FAR * this.#squaredRadius(moments, start, end);
      this.#nodes.set(moments.values, STRIDE * node + 1);
      return moments;
    };
    if (count > 0) build(0, count);
  }

  #leafMoments(start: number, end: number): Moments {
    const corners = this.#corners;
    let x = 0, y = 0, z = 0;
    for (let i = 9 * start; i < 9 * end; i += 3) {
      x += corners[i]!, y += corners[i + 1]!, z += corners[i + 2]!;
    }
    const scale = 1 / (3 * (end - start)), moments = momentsAt(x * scale, y * scale, z * scale);
    for (let i = start; i < end; i++) addTriangle(moments, corners, 9 * i);
    return moments;
  }

  /** Returns the squared distance of the farthest corner from a node's centre. */
  #squaredRadius({ values: [px = 0, py = 0, pz = 0] }: Moments, start: number, end: number): number {
    const corners = this.#corners;
    let radius = 0;
    for (let i = 9 * start; i < 9 * end; i += 3) {
      const dx = corners[i]! - px, dy = corners[i + 1]! - py, dz = corners[i + 2]! - pz;
      const squared = dx * dx + dy * dy + dz * dz;
      if (squared > radius) radius = squared;
    }
    return radius;
  }

  /**
   * Returns the winding number of the surface around a point.
   *
   * @param x First coordinate.
   * @param y Second coordinate.
   * @param z Third coordinate.
   */
  at(x: number, y: number, z: number): number {
    const nodes = this.#nodes, links = this.#links, corners = this.#corners, used = this.#used;
    let sum = 0;
    for (let node = 0; node < used;) {
      const i = STRIDE * node;
      const rx = nodes[i + 1]! - x, ry = nodes[i + 2]! - y, rz = nodes[i + 3]! - z;
      const squared = rx * rx + ry * ry + rz * rz;
      if (squared > nodes[i]!) {
        sum += farField(nodes, i + 1, rx, ry, rz, squared);
        node = links[3 * node]!;
        continue;
      }
      const start = links[3 * node + 1]!, end = links[3 * node + 2]!;
      for (let j = 9 * start; j < 9 * end; j += 9) {
        sum += solidAngle(
          corners[j]! - x,
          corners[j + 1]! - y,
          corners[j + 2]! - z,
          corners[j + 3]! - x,
          corners[j + 4]! - y,
          corners[j + 5]! - z,
          corners[j + 6]! - x,
          corners[j + 7]! - y,
          corners[j + 8]! - z,
        );
      }
      node++;
    }
    return sum / (4 * Math.PI);
  }
}

/**
 * Reorders triangles so that those before `middle` are not beyond those after it along the axis of the largest extent of
 * their centroids (Hoare's selection).
 */
function splitAt(
  order: Int32Array,
  centroids: Float64Array,
  start: number,
  end: number,
  middle: number,
): void {
  let axis = 0, extent = -1;
  for (let candidate = 0; candidate < 3; candidate++) {
    let low = Infinity, high = -Infinity;
    for (let i = start; i < end; i++) {
      const value = centroids[3 * order[i]! + candidate]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > extent) [axis, extent] = [candidate, high - low];
  }
  for (let low = start, high = end - 1; low < high;) {
    const pivot = centroids[3 * order[(low + high) >> 1]! + axis]!;
    let i = low, j = high;
    while (i <= j) {
      while (centroids[3 * order[i]! + axis]! < pivot) i++;
      while (centroids[3 * order[j]! + axis]! > pivot) j--;
      if (i > j) break;
      const swapped = order[i]!;
      order[i++] = order[j]!;
      order[j--] = swapped;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

/**
 * Returns the bytes of a tree.
 *
 * @param triangles Number of triangles.
 */
export function windingTreeBytes(triangles: number): number {
  return triangles * (24 + 4 + 72 + (4 / LEAF) * (4 * STRIDE + 12));
}
