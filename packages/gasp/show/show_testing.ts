/**
 * What tests of pictures and surfaces share: small models of every kind, checks of surfaces.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { assert } from "@std/assert";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { SMALL_MODEL } from "../methods/gasp/gasp_testing.ts";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { type GeneratorWeights, initialGenerator } from "../methods/gasp/state.ts";
import type { Surface } from "./surface/surface.ts";

/** A display of each kind with the number of coordinates that it takes. */
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
 * A small model with random weights that are large enough for its functions to change their sign.
 *
 * @param coordinateDim Numbers of a coordinate.
 */
export function smallGenerator(
  coordinateDim: number,
): { readonly generator: FunctionGenerator; readonly weights: GeneratorWeights } {
  const model = { ...SMALL_MODEL, coordinateDim };
  return { generator: hypernetworkGenerator(model), weights: initialGenerator(model, 3) };
}

/**
 * Fails unless each side of a triangle is the side of exactly one other, the other way round.
 *
 * @param surface Any surface.
 * @param what Names it in messages.
 */
export function assertClosed({ triangles, positions }: Surface, what: string): void {
  const sides = new Set<number>(), vertices = positions.length / 3;
  for (let i = 0; i < triangles.length; i += 3) {
    for (const [a, b] of [[0, 1], [1, 2], [2, 0]] as const) {
      const side = triangles[i + a]! * vertices + triangles[i + b]!;
      assert(!sides.has(side), `${what}: a side belongs to two triangles of one direction`);
      sides.add(side);
    }
  }
  for (const side of sides) {
    assert(sides.has((side % vertices) * vertices + Math.floor(side / vertices)), `${what}: a side is open`);
  }
}
