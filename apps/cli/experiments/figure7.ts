/**
 * Figure 7: baselines.
 * @module
 */
import type { Experiment } from "./experiment.ts";
import { methodRows, methodTable } from "./parts.ts";

const METHODS = [["gasp", "GASP"], ["autodecoder", "AD"], ["set", "SD"], ["convnp", "ConvNP"]] as const;

/** The experiment. */
export const figure7: Experiment = {
  name: "figure7",
  caption:
    "GASP, the auto-decoder (AD), the set discriminator (SD) and the convolutional neural process (ConvNP) on faces of " +
    "32 × 32. In the paper the baselines' samples are blurry and incoherent, those of GASP are sharp and diverse.",
  subjects: () => ["small-faces"],
  run: (context) =>
    context.withSubject("small-faces", async (subject) => {
      await context.picture("baselines.png", await methodRows(context, subject, METHODS));
      return await methodTable(context, subject, METHODS, ["pca-fd", "swd"]);
    }),
};
