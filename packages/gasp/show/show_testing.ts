/**
 * Shared by tests of images and surfaces: small models of every kind, checks of surfaces.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { assert } from "@std/assert";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { SMALL_MODEL } from "../methods/gasp/gasp_testing.ts";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { type GeneratorWeights, initialGenerator } from "../methods/gasp/state.ts";
import type { Surface } from "./surface/surface.ts";

/** A display of each kind with its coordinate dimension. */
export const SMALL_DISPLAYS = {
  image: { dimension: 2, display: { kind: "image", height: 6, width: 5, channels: 1 } },
  volume: { dimension: 3, display: { kind: "volume", resolution: 6 } },
  sphere: {
    dimension: 3,
    display: {
      kind: "sphere",
      latitudes: 5,
      longitudes: 8,
      scale: { low: 200, high: 300, units: "K", quantity: "2 metre temperature" },
    },
  },
  curve: { dimension: 1, display: { kind: "curve", samples: 9, rate: 100 } },
  cloud: { dimension: 4, display: { kind: "cloud", scales: [{ low: 0, high: 10 }] } },
} as const satisfies Record<Display["kind"], { dimension: number; display: Display }>;

/**
 * Constructs a small generator with random weights large enough for its functions to change sign.
 *
 * @param coordinateDim Coordinate dimension.
 */
export function smallGenerator(
  coordinateDim: number,
): { readonly generator: FunctionGenerator; readonly weights: GeneratorWeights } {
  const model = { ...SMALL_MODEL, coordinateDim };
  return { generator: hypernetworkGenerator(model), weights: initialGenerator(model, 3) };
}

/**
 * Asserts that a surface is closed: each edge of a triangle belongs to exactly one other triangle, in opposite direction.
 *
 * @param surface Surface to check.
 * @param what Name of the surface, for messages.
 */
export function assertClosed({ triangles, positions }: Surface, what: string): void {
  const sides = new Set<number>(), vertices = positions.length / 3;
  for (let i = 0; i < triangles.length; i += 3) {
    for (const [a, b] of [[0, 1], [1, 2], [2, 0]] as const) {
      const side = triangles[i + a]! * vertices + triangles[i + b]!;
      assert(!sides.has(side), `${what}: two triangles have an edge in the same direction`);
      sides.add(side);
    }
  }
  for (const side of sides) {
    assert(sides.has((side % vertices) * vertices + Math.floor(side / vertices)), `${what}: an edge is open`);
  }
}
