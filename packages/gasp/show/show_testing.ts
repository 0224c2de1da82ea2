/**
 * What tests of pictures and surfaces share: small models of every kind, checks of surfaces.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { assert } from "@std/assert";
import { SMALL_MODEL, SMALL_TRAINING } from "../model/model_testing.ts";
import type { ModelConfig } from "../config/model_config.ts";
import { initialState } from "../state/state.ts";
import type { GeneratorWeights } from "../state/state_record.ts";
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
): { readonly model: ModelConfig; readonly weights: GeneratorWeights } {
  const model: ModelConfig = { ...SMALL_MODEL, coordinateDim };
  const { generator, frequencies } = initialState(model, SMALL_TRAINING, 3);
  return { model, weights: { generator, frequencies } };
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
