/**
 * Table 1: FID of several methods.
 * @module
 */
import { compare, comparisonTable } from "@gasp/gasp/compare";
import { chooseMetrics, inceptionFeatures } from "@gasp/gasp/metrics";
import { type Experiment, Stopped } from "./experiment.ts";
import type { Scale } from "./settings.ts";

/** In the paper's order, and the auto-decoder with a learned prior. */
const METHODS = ["set", "autodecoder", "gasp", "convgan", "latent-flow"];

/** Budget and evaluation, by scale; the paper does not state the budgets of the baselines: here they have GASP's steps. */
const SETTINGS = {
  paper: { budget: undefined, samples: 30_000, reference: "all", metrics: ["fid", "pca-fd"] },
  laptop: { budget: { seconds: 1200 }, samples: 500, reference: 1000, metrics: undefined },
  tiny: { budget: { steps: 4 }, samples: 8, reference: 16, metrics: ["swd"] },
} as const satisfies Record<Scale, object>;

/** The experiment. */
export const table1: Experiment = {
  name: "table1",
  caption:
    "Distances of samples to faces. The paper's FID on CelebA-HQ 64 × 64: SD 236.82, AD 117.80, GASP 7.42, and 4.00 of a " +
    "convolutional GAN (COCO-GAN, on CelebA); the convolutional baseline here is a DCGAN. With bundled data and without Inception " +
    "weights, other metrics rank the methods, each trained for the same processor time.",
  subjects: () => ["faces"],
  needsInception: true,
  run: (context) =>
    context.withSubject("faces", async (subject) => {
      const { scale, steps: asked, inception, device, clock, machine, columns, signal } = context,
        { data } = subject;
      const { samples, reference, metrics, budget } = SETTINGS[scale],
        { preset, resolution, steps } = subject.config("gasp");
      const { record, finished } = await compare({
        ...{ preset, data, device, clock, machine, columns, signal, samples, reference, resolution },
        methods: METHODS,
        seeds: [0],
        budget: asked === undefined ? budget ?? { steps } : { steps: asked },
        dataName: subject.config("gasp").data,
        configOf: (method) => subject.config(method),
        metrics: chooseMetrics(metrics, data),
        ...(inception &&
          { spaces: { inception: inceptionFeatures({ ...inception, resize: "pytorch-fid" }) } }),
        store: await context.open(""),
        openRun: (folder) => context.open(folder),
        events: { onPart: context.part, onProgress: context.progress },
      });
      if (!finished) throw new Stopped();
      return comparisonTable(record);
    }),
};
