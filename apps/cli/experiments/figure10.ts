/**
 * Figure 10: shapes of several methods.
 * @module
 */
import type { Experiment } from "./experiment.ts";
import { methodRows, methodTable } from "./parts.ts";

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
      return await methodTable(context, subject, METHODS, ["pca-fd", "parts"]);
    }),
};
