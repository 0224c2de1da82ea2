/** @module */
import { gridCoordinates } from "@gasp/datasets";
import { evaluate, reference, type Target, tensor } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { encodeCoordinates } from "./fourier.ts";
import { generate } from "./generate.ts";
import { resolveRunConfig } from "./run_config.ts";
import { sampleLatents, Sampler, sampleShown, sheetOf } from "./sampler.ts";
import { initialState } from "./state.ts";

const { model, training } = resolveRunConfig({ preset: "tiny" });
const state = initialState(model, training, 0);
const weights = { generator: state.generator, frequencies: state.frequencies };
const target: Target = reference;
const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;

Deno.test("sampleLatents() begins with the same latents for any count", () => {
  assertEquals(sampleLatents(1, 3, 4), sampleLatents(1, 9, 4).slice(0, 12));
  assert(sampleLatents(2, 1, 4)[0] !== sampleLatents(1, 1, 4)[0]);
});

Deno.test("Sampler.sample() is generate(), whatever the sizes of the chunks", async () => {
  const count = 7, coordinates = gridCoordinates([6, 5]);
  const latents = sampleLatents(0, count, model.latentDim);
  const encoding = encodeCoordinates(tensor(coordinates, [30, 2]), state.frequencies);
  const expected = await evaluate(
    generate(state.generator, model, tensor(latents, [count, model.latentDim]), encoding),
    target,
  );
  const all = Float32Array.from(await expected.data());
  for (
    const chunks of [{ latents: 16, points: 4096 }, { latents: 7, points: 30 }, { latents: 3, points: 11 }, {
      latents: 1,
      points: 1,
    }]
  ) {
    const sampler = new Sampler(model, target, chunks);
    assertEquals(await sampler.sample(weights, latents, coordinates), all);
    assertEquals(await sampler.sample(await sampler.place(weights), latents, coordinates), all);
    sampler.release();
  }
});

Deno.test("sampleShown() keeps the proportions of the data at any resolution", async () => {
  const sampler = new Sampler(model, target);
  const latents = sampleLatents(0, 2, model.latentDim);
  for (const [width, expected] of [[5, 8], [10, 16], [1, 2]] as const) {
    const images = await sampleShown(sampler, weights, {
      latents,
      display: { ...display, width },
      resolution: 8,
    });
    assertEquals(images.display, { ...display, height: 8, width: expected });
    assertEquals(images.values.length, 2 * 8 * expected);
    assertEquals(sheetOf(images, 1).height, 2 * 64 + 2);
  }
  sampler.release();
});
