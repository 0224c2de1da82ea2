/**
 * Figure 7: baselines.
 * @module
 */
import { markdownTable } from "@gasp/gasp/compare";
import { showEstimate } from "@gasp/gasp/metrics";
import type { Experiment } from "./experiment.ts";
import { evaluateAll, methodRows } from "./rows.ts";

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
      const checkpoints = [];
      for (const [method] of METHODS) checkpoints.push(await subject.train(method));
      const { values, floors } = await evaluateAll(context, subject.data, ["pca-fd", "swd"], checkpoints);
      const row = (label: string, estimates: typeof floors) => [
        label,
        showEstimate(estimates["pca-fd"]!),
        showEstimate(estimates["swd"]!),
      ];
      return markdownTable([
        ["method", "pca-fd ↓", "swd ↓"],
        ...METHODS.map(([, label], i) => row(label, values[i]!)),
        row("real items", floors),
      ]).join("\n");
    }),
};
