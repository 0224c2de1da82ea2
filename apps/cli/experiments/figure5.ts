/**
 * Figure 5: samples of GASP.
 * @module
 */
import { sampleForDisplay, sheetOf } from "@gasp/gasp";
import type { Experiment } from "./experiment.ts";
import { withGasp } from "./parts.ts";

/** The experiment. */
export const figure5: Experiment = {
  name: "figure5",
  caption:
    "Samples of GASP: faces of CelebA-HQ at 64 × 64 and 128 × 128 in the paper, which shows the best of five batches. These " +
    "are the samples of seed 0, not chosen.",
  subjects: (scale) => scale === "paper" ? ["faces", "faces128"] : ["faces"],
  async run(context) {
    for (const name of figure5.subjects(context.scale)) {
      await withGasp(
        context,
        name,
        context.columns ** 2,
        async ({ data: { display }, checkpoint, sampler, weights, latents }) => {
          const { resolution } = checkpoint.config;
          const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution });
          await context.picture(`${name}.png`, sheetOf(samples, context.columns));
        },
      );
    }
    return "";
  },
};
