/**
 * Figure 9: the same functions at several resolutions.
 * @module
 */
import { sampleForDisplay } from "@gasp/gasp";
import { valueRow } from "@gasp/gasp/compare";
import { labelledRows } from "@gasp/gasp/explore";
import type { Experiment } from "./experiment.ts";
import { withGasp } from "./parts.ts";

/** The experiment. */
export const figure9: Experiment = {
  name: "figure9",
  caption:
    "Shapes sampled from GASP, each function evaluated at several resolutions: finer grids render smoother surfaces.",
  subjects: () => ["shapes"],
  run: (context) =>
    withGasp(
      context,
      "shapes",
      Math.min(6, context.columns),
      async ({ data: { display }, checkpoint, sampler, weights, latents }) => {
        const { resolution } = checkpoint.config;
        // Tiles of surfaces are at least 128 pixels high, and must be of the same size
        const resolutions = [1, 2, 4, 8].map((factor) => factor * resolution).filter((rows) => rows <= 128);
        const rows = [];
        for (const resolution of resolutions) {
          const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution });
          rows.push(valueRow(`${resolution}`, samples, samples.values));
        }
        await context.picture("resolutions.png", labelledRows(rows));
        return "";
      },
    ),
};
