/**
 * Figure 6: superresolution.
 * @module
 */
import { sampleLatents, UserError } from "@gasp/gasp";
import { withSampler } from "@gasp/gasp/compare";
import { upscaleSheet } from "@gasp/gasp/explore";
import type { Experiment } from "./experiment.ts";

/** The experiment. */
export const figure6: Experiment = {
  name: "figure6",
  caption:
    "Superresolution: samples at the resolution of the data, their bicubic interpolation, and the same functions evaluated at " +
    "2 and 4 times the resolution.",
  subjects: () => ["faces"],
  async run(context) {
    await context.withSubject("faces", async (subject) => {
      const checkpoint = await subject.train("gasp"), { display } = subject.data;
      if (display.kind !== "image") {
        throw new UserError(`figure6 needs pictures, not data of kind ${display.kind}`);
      }
      await withSampler(checkpoint, context.device, async (sampler, weights) => {
        const latents = sampleLatents(0, context.columns, sampler.generator.latentDim);
        const sheet = await upscaleSheet({ sampler, weights, latents, display, factors: [2, 4] });
        await context.picture("superresolution.png", sheet);
      });
    });
    return "";
  },
};
