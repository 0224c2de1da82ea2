/**
 * Figure 6: superresolution.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { upscaleSheet } from "@gasp/gasp/explore";
import type { Experiment } from "./experiment.ts";
import { withGasp } from "./parts.ts";

/** The experiment. */
export const figure6: Experiment = {
  name: "figure6",
  caption:
    "Superresolution: samples at the resolution of the data, their bicubic interpolation, and the same functions evaluated at " +
    "2 and 4 times the resolution.",
  subjects: () => ["faces"],
  run: (context) =>
    withGasp(context, "faces", context.columns, async ({ data: { display }, sampler, weights, latents }) => {
      if (display.kind !== "image") {
        throw new UserError(`figure6 needs pictures, not data of kind ${display.kind}`);
      }
      const sheet = await upscaleSheet({ sampler, weights, latents, display, factors: [2, 4] });
      await context.picture("superresolution.png", sheet);
      return "";
    }),
};
