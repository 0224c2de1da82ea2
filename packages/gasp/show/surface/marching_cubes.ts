/**
 * Marching cubes (Lorensen & Cline, 1987), fed plane by plane, so that only two planes are in memory at a time.
 *
 * Space outside the grid is empty: where the shape reaches the border of the box, it is closed by a flat lid on the border.
 * To this end the grid is padded with a layer of empty nodes that lies on the border itself.
 *
 * @module
 */
import { gridCoordinates } from "@gasp/datasets/display";
import { CELL_EDGES, cellSurface } from "./cube_cases.ts";

/** A surface whose vertices lie on the edges of a grid. */
export interface TracedSurface {
  /** Vertices, `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** Vertex indices of each triangle, anticlockwise seen from outside, `[triangles, 3]`. */
  readonly triangles: Uint32Array;
  /** Axis of the grid edge that a vertex lies on, or {@link LID} or {@link MIDDLE}. */
  readonly axes: Uint8Array;
  /** Ends of a vertex's edge: coordinate inside, value inside, coordinate outside, value outside, `[vertices, 4]`. */
  readonly ends: Float32Array;
}

/** Instead of an axis: the vertex is a node of the grid on the border of the box. */
export const LID = 3;
/** Instead of an axis: the vertex lies in the middle of a cell. */
export const MIDDLE = 4;

/** Value of the nodes around the grid. */
const EMPTY = -1;
/** Minimum distance between a vertex and the end of its edge, as a fraction, so that no triangle degenerates. */
const NEAREST = 1e-3;
/** A vertex that does not exist yet. */
const NONE = -1;

/** A plane of nodes of constant x, and the vertices created on it. */
interface Plane {
  readonly values: Float32Array;
  /** Vertices on edges along y and z that start at a node. */
  readonly edges: readonly [along: Int32Array, up: Int32Array];
  /** Vertices at nodes on the border of the box. */
  readonly lids: Int32Array;
}

/** Traces the zero level set, plane by plane. */
export class MarchingCubes {
  readonly #resolution: number;
  readonly #width: number;
  readonly #places: Float32Array;
  readonly #positions: number[] = [];
  readonly #axes: number[] = [];
  readonly #ends: number[] = [];
  readonly #triangles: number[] = [];
  #planes = 0;
  #last: Plane;

  /**
   * Starts a surface.
   *
   * @param resolution Grid nodes along each axis of [-1, 1]³, at least 2.
   */
  constructor(resolution: number) {
    this.#resolution = resolution;
    this.#width = resolution + 2;
    this.#places = gridCoordinates([resolution]);
    this.#last = this.#emptyPlane();
  }

  /**
   * Adds the next plane.
   *
   * @param values Values at its nodes, `[y, z]`; positive inside.
   * @throws {RangeError} If there are too many planes, or the number of values does not match the resolution.
   */
  add(values: Float32Array): void {
    const resolution = this.#resolution;
    if (this.#planes === resolution || values.length !== resolution ** 2) {
      throw new RangeError(
        `plane ${this.#planes + 1} of ${values.length} values in a grid of ${resolution} planes of ${
          resolution ** 2
        }`,
      );
    }
    const plane = this.#emptyPlane();
    for (let y = 0; y < resolution; y++) {
      plane.values.set(values.subarray(y * resolution, (y + 1) * resolution), (y + 1) * this.#width + 1);
    }
    this.#advance(plane);
  }

  /**
   * Closes the surface.
   *
   * @throws {RangeError} If planes are missing.
   */
  finish(): TracedSurface {
    if (this.#planes !== this.#resolution) {
      throw new RangeError(`expected ${this.#resolution} planes, got ${this.#planes}`);
    }
    this.#advance(this.#emptyPlane());
    return {
      positions: Float32Array.from(this.#positions),
      triangles: Uint32Array.from(this.#triangles),
      axes: Uint8Array.from(this.#axes),
      ends: Float32Array.from(this.#ends),
    };
  }

  #emptyPlane(): Plane {
    const nodes = this.#width ** 2, none = () => new Int32Array(nodes).fill(NONE);
    return { values: new Float32Array(nodes).fill(EMPTY), edges: [none(), none()], lids: none() };
  }

  /** Fills the cells between the last plane and the next. */
  #advance(next: Plane): void {
    const width = this.#width, layer = new Layer(this.#last, next, width);
    for (let y = 0; y + 1 < width; y++) {
      for (let z = 0; z + 1 < width; z++) {
        if (layer.isCrossed(y * width + z)) this.#fillCell(layer, y, z);
      }
    }
    this.#last = next;
    this.#planes++;
  }

  #fillCell(layer: Layer, y: number, z: number): void {
    const { triangles, middles } = cellSurface(layer.corners);
    if (triangles.length === 0) return;
    const vertices = CELL_EDGES.map(() => NONE);
    const vertexOf = (edge: number) => {
      if (vertices[edge] === NONE) vertices[edge] = this.#vertexOn(layer, edge, y, z);
      return vertices[edge]!;
    };
    middles.forEach((loop, i) => vertices[12 + i] = this.#middleOf(loop.map(vertexOf)));
    for (let i = 0; i < triangles.length; i += 3) {
      const a = vertexOf(triangles[i]!), b = vertexOf(triangles[i + 1]!), c = vertexOf(triangles[i + 2]!);
      // At an edge of the box two lids share vertices, and triangles between them degenerate
      if (a !== b && b !== c && c !== a) this.#triangles.push(a, b, c);
    }
  }

  #vertexOn(layer: Layer, edge: number, y: number, z: number): number {
    const { axis, low, high } = CELL_EDGES[edge]!;
    const isLowInside = layer.corners[low]! > 0;
    const inner = isLowInside ? low : high, outer = isLowInside ? high : low;
    const at = (corner: number) => [this.#planes + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2)];
    const end = [this.#planes, y, z][axis]! + (outer >> axis & 1);
    const isLid = end === 0 || end === this.#width - 1, keeper = isLid ? inner : low;
    const store = isLid ? layer.plane(inner).lids : layer.edges(axis, low);
    const index = (y + (keeper >> 1 & 1)) * this.#width + z + (keeper >> 2);
    if (store[index] !== NONE) return store[index]!;
    const position = at(inner).map((place) => this.#places[place - 1]!);
    if (isLid) return store[index] = this.#push(position, LID, [0, 0, 0, 0]);
    const ends = [
      position[axis]!,
      layer.corners[inner]!,
      this.#places[end - 1]!,
      layer.corners[outer]!,
    ] as const;
    position[axis] = crossing(ends);
    return store[index] = this.#push(position, axis, ends);
  }

  #middleOf(vertices: readonly number[]): number {
    const mean = [0, 1, 2].map((axis) =>
      vertices.reduce((sum, vertex) => sum + this.#positions[3 * vertex + axis]!, 0) / vertices.length
    );
    return this.#push(mean, MIDDLE, [0, 0, 0, 0]);
  }

  #push(position: readonly number[], axis: number, ends: readonly number[]): number {
    this.#positions.push(...position);
    this.#ends.push(...ends);
    return this.#axes.push(axis) - 1;
  }
}

/**
 * Returns where linear interpolation between the ends of an edge crosses 0, bounded away from both ends.
 *
 * @param ends Coordinate inside, value inside, coordinate outside, value outside.
 */
export function crossing([inner, inside, outer, outside]: readonly [number, number, number, number]): number {
  const part = inside / (inside - outside);
  return inner + (outer - inner) * Math.min(1 - NEAREST, Math.max(NEAREST, part));
}

/** The cells between two planes. */
class Layer {
  /** Values at the corners of the current cell. */
  readonly corners = new Float32Array(8);
  readonly #planes: readonly [Plane, Plane];
  readonly #between: Int32Array;
  readonly #width: number;

  constructor(low: Plane, high: Plane, width: number) {
    this.#planes = [low, high];
    this.#between = new Int32Array(width ** 2).fill(NONE);
    this.#width = width;
  }

  /** Selects the cell that starts at a node, and returns whether some but not all of its corners are inside. */
  isCrossed(node: number): boolean {
    const { corners } = this;
    let inside = 0;
    for (let corner = 0; corner < 8; corner++) {
      const value = this.plane(corner).values[node + (corner >> 1 & 1) * this.#width + (corner >> 2)]!;
      corners[corner] = value;
      if (value > 0) inside++;
    }
    return inside > 0 && inside < 8;
  }

  /** Returns the plane of a corner. */
  plane(corner: number): Plane {
    return this.#planes[corner & 1]!;
  }

  /** Returns the table of vertices on edges along an axis that start at a corner. */
  edges(axis: 0 | 1 | 2, corner: number): Int32Array {
    return axis === 0 ? this.#between : this.plane(corner).edges[axis - 1]!;
  }
}
