/**
 * Measures the distance between samples of a run and its data: `deno task distance RUN`. Prints one line of JSON.
 *
 * Samples are evaluated at the points of the data and compared by the Fréchet distance in the data's first 64 principal
 * components, divided by their variance (PCA-FD), and by the sliced Wasserstein distance (SWD). `floor` is the score of as
 * many other items of the data. For shapes, `inside` is PCA-FD after thresholding samples and data to inside and outside.
 * For fields on the sphere, `seam` has the jumps between neighbours across the meridian of 0° and elsewhere, as features.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { sampleLatents, UserError } from "@gasp/gasp";
import { pcaFrechetDistance, principalComponents, seamJumps, slicedWasserstein } from "@gasp/gasp/metrics";
import { permutation } from "@gasp/tensor";
import { type Command, defineCommand } from "../apps/cli/commands/command.ts";
import { withData } from "../apps/cli/files/data.ts";
import { GENERATOR_OPTIONS, withGenerator } from "../apps/cli/commands/explore.ts";
import { type OpenedRun, openRun, RUN } from "../apps/cli/commands/run_argument.ts";
import type { OptionTable, Values } from "../apps/cli/options/options.ts";
import { reportError } from "../apps/cli/terminal/report_error.ts";

const COMPONENTS = 64;
const REAL = 1000;

const OPTIONS = {
  count: { kind: "integer", min: 2, max: 65_536, default: 500, help: "How many samples" },
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: "what the run was trained on",
    help: "Data to compare with",
  },
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

const distanceCommand: Command = defineCommand({
  name: "distance",
  summary: "Measure how far samples of a run are from its data: PCA-FD and SWD, and what real items score.",
  positionals: [RUN],
  options: OPTIONS,
  examples: [
    "deno task distance runs/digits-1",
    "deno task distance runs/climate-1 --data ~/t2m.nc --count 200",
  ],
  async run(values, [argument]) {
    console.log(JSON.stringify(await distancesOf(argument, values)));
    return 0;
  },
});

async function distancesOf(
  argument: string | undefined,
  options: Values<typeof OPTIONS>,
): Promise<object> {
  const run = await openRun(argument, options), { data, resolution } = run.checkpoint.config;
  return await withData(
    options.data ?? data,
    { resolution },
    ({ dataset }) => distancesTo(dataset, run, options),
  );
}

async function distancesTo(
  dataset: Dataset,
  { name, checkpoint }: OpenedRun,
  options: Values<typeof OPTIONS>,
): Promise<object> {
  const { count } = options, { step, config: { model }, generator: { latentDim } } = checkpoint;
  if (dataset.coordinateDim !== model.coordinateDim || dataset.featureDim !== model.featureDim) {
    throw new UserError(
      `the items of "${dataset.name}" have ${dataset.coordinateDim} coordinates and ${dataset.featureDim} features, ` +
        `samples of ${name} have ${model.coordinateDim} and ${model.featureDim}: give data of the kind it was trained on`,
    );
  }
  if (dataset.batchCoordinates) {
    throw new UserError(
      `the items of "${dataset.name}" have points of their own, so values cannot be compared`,
    );
  }
  const order = permutation({ seed: 1, stream: "distance", step: 0 }, dataset.items);
  const half = Math.min(REAL, Math.floor(dataset.items / 2));
  const real = await dataset.batch(order.subarray(0, half));
  const others = await dataset.batch(order.subarray(half, Math.min(dataset.items, half + count)));

  const samples = await withGenerator(checkpoint, options, ({ sampler, weights }) => {
    const latents = sampleLatents(0, count, latentDim);
    return sampler.sample(weights, latents, dataset.coordinates);
  });

  const size = dataset.pointCount * dataset.featureDim;
  const basis = principalComponents(real, size, COMPONENTS);
  const distances = (values: Float32Array) => ({
    pcaFd: pcaFrechetDistance(basis, values),
    swd: slicedWasserstein(real, values, size),
  });
  const moments = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
  };
  const threshold = (values: Float32Array) => values.map((value) => value > 0 ? 1 : -1);
  const thresholdedDistances = () => {
    const basis = principalComponents(threshold(real), size, COMPONENTS);
    const [ofSamples, floor] = [samples, others].map((values) =>
      pcaFrechetDistance(basis, threshold(values))
    );
    return { pcaFd: ofSamples, floor };
  };
  const { display } = dataset;
  return {
    step,
    ...distances(samples),
    floor: distances(others),
    samples: moments(samples),
    data: moments(real),
    ...(display.kind === "volume" && { inside: thresholdedDistances() }),
    ...(display.kind === "sphere" && {
      seam: {
        samples: seamJumps(samples, display.latitudes, display.longitudes),
        data: seamJumps(real, display.latitudes, display.longitudes),
      },
    }),
  };
}

if (import.meta.main) {
  try {
    Deno.exitCode = await distanceCommand.execute(Deno.args);
  } catch (error) {
    Deno.exitCode = reportError(error, { command: "distance", debug: Deno.args.includes("--debug") });
  }
}
