/**
 * A sample is one function, at whatever resolution it is looked at: grids of 17, 65, 257 and 1025 points a side, each of
 * which holds the one before.
 * @module
 */
import { disposeTree } from "@gasp/tensor";
import {
  GASP_PRESETS,
  hypernetworkGenerator,
  initialGenerator,
  sampleForDisplay,
  sampleLatents,
  Sampler,
  type Samples,
} from "@gasp/gasp";
import { assert, assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const SIDES = [17, 65, 257, 1025] as const;
/** The interpreter takes a thousand times as long. */
const INTERPRETED = 65;
/**
 * Largest difference at a shared point: 8 units in the last place of 1. Coordinates are the same to the bit, but how a sum
 * is split may depend on how many points there are.
 */
const BOUND = 8 * 2 ** -23;

const { model } = GASP_PRESETS.tiny;
const latents = sampleLatents(0, 2, model.latentDim);
const display = { kind: "image", height: 17, width: 17, channels: 1 } as const;

/** Every so many-th node along both sides of grids, `[grids, side, side, numbers]`. */
function coarser(values: Float32Array, side: number, step: number, numbers: number): Float32Array {
  const nodes = (side - 1) / step + 1, grids = values.length / (side * side * numbers);
  const result = new Float32Array(grids * nodes * nodes * numbers);
  for (let at = 0; at < result.length; at++) {
    const node = Math.floor(at / numbers), column = node % nodes, line = Math.floor(node / nodes);
    const row = line % nodes, grid = Math.floor(line / nodes);
    const from = (grid * side + row * step) * side + column * step;
    result[at] = values[from * numbers + at % numbers]!;
  }
  return result;
}

await deviceTest("samples at 17, 65, 257 and 1025 points a side are of one function", async (target) => {
  const sampler = new Sampler(hypernetworkGenerator(model), target);
  const weights = await sampler.copyToDevice(initialGenerator(model, 0));
  const sides = target.info.kind === "reference" ? SIDES.filter((side) => side <= INTERPRETED) : SIDES;
  const grids: (Samples & { readonly side: number })[] = [];
  for (const side of sides) {
    grids.push({ side, ...await sampleForDisplay(sampler, weights, { latents, display, resolution: side }) });
  }
  disposeTree(weights);
  sampler.release();

  grids.slice(1).forEach(({ side, values, coordinates }, i) => {
    const before = grids[i]!, step = (side - 1) / (before.side - 1);
    assertEquals(coarser(coordinates, side, step, 2), before.coordinates);
    const shared = coarser(values, side, step, 1);
    const largest = shared.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - before.values[at]!)),
      0,
    );
    console.log(
      target.info.kind,
      side,
      largest,
      shared.filter((v, at) => v !== before.values[at]).length,
      shared.length,
    );
    assert(largest <= BOUND, `${before.side} and ${side} points a side differ by ${largest}`);
    assert(new Set(values).size > values.length / 4, "the function hardly varies");
  });
});
