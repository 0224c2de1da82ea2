/**
 * The surface of a shape given by a function: its zero level set (appendix A.5 of the paper; features are in [-1, 1], so the
 * threshold 0.5 on occupancy is 0 here). It is traced by marching cubes; vertices are then moved onto the zero of the
 * function, and normals are its gradient, by automatic differentiation.
 * @module
 */
import { gridCoordinates } from "@gasp/datasets/display";
import type { SampledFunctions } from "../../sampling/sampled_functions.ts";
import { crossing, LID, MarchingCubes, type TracedSurface } from "./marching_cubes.ts";
import type { Surface } from "./surface.ts";
import { withNormals } from "./traced_normals.ts";

/**
 * A function of three coordinates, positive inside a shape.
 *
 * @category Files of samples
 */
export type ShapeFunction = Pick<SampledFunctions, "sample" | "gradient">;

/** Maximum number of points per evaluation. */
const BLOCK = 16384;
/** Refinement iterations. Each at least halves the error for functions that saturate like tanh. */
const ROUNDS = 4;

/**
 * Extracts the surface of a shape.
 *
 * @param shape Function of the shape.
 * @param resolution Grid nodes along each axis, at least 2. Only two planes of the grid are in memory at a time.
 *
 * @example A ball: vertices lie on the function's own zero, not on the grid
 * ```ts
 * import { assert } from "@std/assert";
 * import { functionSurface } from "@gasp/gasp";
 *
 * const radii = (points: Float32Array) =>
 *   Array.from({ length: points.length / 3 }, (_, i) => Math.hypot(...points.subarray(3 * i, 3 * i + 3)));
 * const ball = {
 *   sample: (points: Float32Array) => Promise.resolve(Float32Array.from(radii(points), (radius) => 0.5 - radius)),
 *   gradient: (points: Float32Array) =>
 *     Promise.resolve(points.map((x, i) => -x / radii(points)[Math.floor(i / 3)]!)),
 * };
 * const { positions } = await functionSurface(ball, 8);
 * assert(radii(positions).every((radius) => Math.abs(radius - 0.5) < 1e-3));
 * ```
 *
 * @category Files of samples
 */
export async function functionSurface(shape: ShapeFunction, resolution: number): Promise<Surface> {
  const traced = await trace(shape, resolution);
  await refine(shape, traced);
  const gradient = await evaluateInBlocks(traced.positions, (points) => shape.gradient(points));
  return withNormals(traced, gradient.map((slope) => -slope));
}

async function trace(shape: ShapeFunction, resolution: number): Promise<TracedSurface> {
  const cubes = new MarchingCubes(resolution), planeSize = resolution ** 2;
  const axis = gridCoordinates([resolution]), plane = planeCoordinates(axis);
  const planes = Math.max(1, Math.floor(BLOCK / planeSize));
  for (let first = 0; first < resolution; first += planes) {
    const slab = axis.subarray(first, first + planes);
    const coordinates = new Float32Array(slab.length * plane.length);
    slab.forEach((x, i) => {
      coordinates.set(plane, i * plane.length);
      for (let node = 0; node < planeSize; node++) coordinates[(i * planeSize + node) * 3] = x;
    });
    const values = await shape.sample(coordinates);
    slab.forEach((_, i) => cubes.add(values.subarray(i * planeSize, (i + 1) * planeSize)));
  }
  return cubes.finish();
}

/** Coordinates of the nodes of one plane, `[y, z]`, with x = 0. */
function planeCoordinates(axis: Float32Array): Float32Array {
  const coordinates = new Float32Array(axis.length ** 2 * 3);
  axis.forEach((y, row) =>
    axis.forEach((z, column) => coordinates.set([0, y, z], (row * axis.length + column) * 3))
  );
  return coordinates;
}

/** Moves vertices along their edges onto the zero of the function, by the Illinois variant of regula falsi. */
async function refine(shape: ShapeFunction, { positions, axes, ends }: TracedSurface): Promise<void> {
  const onEdges = [...axes.keys()].filter((vertex) => axes[vertex]! < LID);
  const lastSide = new Int8Array(axes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const points = new Float32Array(onEdges.length * 3);
    onEdges.forEach((vertex, i) => points.set(positions.subarray(3 * vertex, 3 * vertex + 3), 3 * i));
    const values = await evaluateInBlocks(points, (block) => shape.sample(block));
    onEdges.forEach((vertex, i) => {
      const value = values[i]!, index = 3 * vertex + axes[vertex]!;
      const side = value > 0 ? 0 : 2, edge = ends.subarray(4 * vertex, 4 * vertex + 4);
      edge[side] = positions[index]!;
      edge[side + 1] = value;
      // Halve the value of an end retained twice (Illinois), or convergence may stall
      if (lastSide[vertex] === side + 1) edge[3 - side]! /= 2;
      lastSide[vertex] = side + 1;
      positions[index] = crossing(edge as unknown as [number, number, number, number]);
    });
  }
}

/** Evaluates points in blocks padded to powers of 2, so that few programs are compiled. */
async function evaluateInBlocks(
  points: Float32Array,
  evaluate: (block: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const blocks: Float32Array[] = [], total = points.length / 3;
  for (let first = 0; first < total; first += BLOCK) {
    const count = Math.min(BLOCK, total - first);
    const padded = new Float32Array(3 * Math.max(256, 2 ** Math.ceil(Math.log2(count))));
    padded.set(points.subarray(3 * first, 3 * (first + count)));
    const values = await evaluate(padded);
    blocks.push(values.subarray(0, values.length / (padded.length / 3) * count));
  }
  const joined = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  blocks.reduce((at, block) => (joined.set(block, at), at + block.length), 0);
  return joined;
}
