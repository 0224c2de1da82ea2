/**
 * Figure 10: shapes of several methods.
 * @module
 */
import { markdownTable } from "@gasp/gasp/compare";
import { showEstimate } from "@gasp/gasp/metrics";
import type { Experiment } from "./experiment.ts";
import { evaluateAll, methodRows } from "./rows.ts";

const METHODS = [["vae", "ON"], ["set", "SD"], ["gasp", "GASP"]] as const;

/** The experiment. */
export const figure10: Experiment = {
  name: "figure10",
  caption:
    "Chairs of occupancy networks trained as VAEs (ON), of a set discriminator (SD) and of GASP. The paper took those of the " +
    "baselines from their publications; here all are trained on the same data. SD learns the data's occupancy, not signed distances.",
  subjects: () => ["shapes"],
  run: (context) =>
    context.withSubject("shapes", async (subject) => {
      await context.picture("shapes.png", await methodRows(context, subject, METHODS));
      const checkpoints = [];
      for (const [method] of METHODS) checkpoints.push(await subject.train(method));
      const { values, floors } = await evaluateAll(context, subject.data, ["pca-fd", "parts"], checkpoints);
      const names = Object.keys(floors);
      const row = (label: string, estimates: typeof floors) => [
        label,
        ...names.map((name) => showEstimate(estimates[name]!)),
      ];
      return markdownTable([
        ["method", ...names],
        ...METHODS.map(([, label], i) => row(label, values[i]!)),
        row("real items", floors),
      ]).join("\n");
    }),
};
