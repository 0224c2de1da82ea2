/** @module */
import { displayCoordinates, gridCoordinates } from "@gasp/datasets";
import { reference } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import { initialGenerator } from "../methods/gasp/state.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "../sampling/sampler.ts";
import { wholeWindow, windowGrid, windowsBetween } from "./zoom.ts";

const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;

Deno.test("windowGrid() of the whole window returns the points of the sample", async () => {
  const { model } = GASP_PRESETS.tiny;
  const weights = initialGenerator(model, 0), generator = hypernetworkGenerator(model);
  const sampler = new Sampler(generator, reference), latents = sampleLatents(0, 1, model.latentDim);
  const grid = windowGrid(display, wholeWindow(display), 9);
  const shown = await sampleForDisplay(sampler, weights, { latents, display, resolution: 9 });
  assertEquals(grid.display, shown.display);
  assertEquals(await sampler.sample(weights, latents, grid.coordinates), shown.values);
  sampler.release();
});

Deno.test("windowGrid() returns the points of a part: x to the right, y downwards", () => {
  const { coordinates } = windowGrid(display, { centre: [0.5, -0.5], width: 1 }, 5);
  const fine = gridCoordinates([9, 9]);
  const quarter = Array.from({ length: 25 }, (_, i) => 9 * Math.floor(i / 5) + 4 + i % 5);
  assertEquals([...coordinates], quarter.flatMap((point) => [fine[2 * point]!, fine[2 * point + 1]!]));
});

Deno.test("windowGrid() keeps the aspect ratio of images that are not square", () => {
  const wide = { ...display, width: 9 }, whole = wholeWindow(wide);
  assertEquals(whole, { centre: [1, 0], width: 4 });
  assertEquals(windowGrid(wide, whole, 5).coordinates, displayCoordinates(wide));
  assertThrows(() => windowGrid(wide, { centre: [0, 0], width: 0 }, 5), RangeError, "above 0, got 0");
});

Deno.test("windowsBetween() zooms by a constant factor towards a fixed point", () => {
  const from = wholeWindow(display), to = { centre: [0.3, -0.2], width: 0.02 } as const;
  const windows = windowsBetween(from, to, 5);
  assertEquals([windows[0], windows[4]], [from, to]);
  windows.slice(1).forEach((window, i) =>
    assertAlmostEquals(window.width / windows[i]!.width, 0.01 ** 0.25, 1e-9)
  );
  // Position of the fixed point in each window, from -1/2 to 1/2
  const fixed = to.centre[0] / (1 - to.width / from.width);
  for (const { centre, width } of windows) {
    assertAlmostEquals((fixed - centre[0]) / width, (fixed - to.centre[0]) / to.width, 1e-6);
  }
  assertEquals(windowsBetween(from, to, 1), [to]);
  assert(windowsBetween(from, { ...from, centre: [1, 0] }, 3)[1]!.centre[0] === 0.5);
});
