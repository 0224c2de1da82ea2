/**
 * A sample is the same function at every resolution: it is evaluated on nested grids of 17, 65, 257 and 1025 points per side.
 *
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
/** Maximum side on the reference interpreter, which is a thousand times slower. */
const INTERPRETED = 65;
/**
 * Maximum difference at a shared point: 8 units in the last place of 1. Coordinates are identical, but the order of a sum may
 * depend on the number of points.
 */
const BOUND = 8 * 2 ** -23;

const { model } = GASP_PRESETS.tiny;
const latents = sampleLatents(0, 2, model.latentDim);
const display = { kind: "image", height: 17, width: 17, channels: 1 } as const;

/** Subsamples grids `[grids, side, side, dim]` along both sides. */
function subsample(values: Float32Array, side: number, step: number, dim: number): Float32Array {
  const nodes = (side - 1) / step + 1, grids = values.length / (side * side * dim);
  const result = new Float32Array(grids * nodes * nodes * dim);
  for (let at = 0; at < result.length; at++) {
    const node = Math.floor(at / dim), column = node % nodes, line = Math.floor(node / nodes);
    const row = line % nodes, grid = Math.floor(line / nodes);
    const from = (grid * side + row * step) * side + column * step;
    result[at] = values[from * dim + at % dim]!;
  }
  return result;
}

await deviceTest("samples at 17, 65, 257 and 1025 points per side agree at shared points", async (device) => {
  const sampler = new Sampler(hypernetworkGenerator(model), device);
  const weights = await sampler.copyToDevice(initialGenerator(model, 0));
  const sides = device.info.kind === "reference" ? SIDES.filter((side) => side <= INTERPRETED) : SIDES;
  const grids: (Samples & { readonly side: number })[] = [];
  for (const side of sides) {
    grids.push({ side, ...await sampleForDisplay(sampler, weights, { latents, display, resolution: side }) });
  }
  disposeTree(weights);
  sampler.release();

  grids.slice(1).forEach(({ side, values, coordinates }, i) => {
    const before = grids[i]!, step = (side - 1) / (before.side - 1);
    assertEquals(subsample(coordinates, side, step, 2), before.coordinates);
    const difference = subsample(values, side, step, 1).reduce(
      (max, value, at) => Math.max(max, Math.abs(value - before.values[at]!)),
      0,
    );
    assert(difference <= BOUND, `${before.side} and ${side} points per side differ by ${difference}`);
    assert(new Set(values).size > values.length / 4, "the function is nearly constant");
  });
});
