/**
 * `fit`: finds the latent whose function matches an image, shape or field, or a part of one.
 * @module
 */
import { type Checkpoint, encodePngRows, UserError } from "@gasp/gasp";
import {
  chooseFraction,
  chooseRegion,
  FIT_DEFAULTS,
  fitLatents,
  fitSheet,
  meanAndMember,
  meanSquaredError,
  type Observations,
  requireFitSheet,
  takePoints,
} from "@gasp/gasp/explore";
import { writeNpy } from "@gasp/tensor";
import { type Command, defineCommand } from "../command/command.ts";
import { countOf } from "../device/device.ts";
import {
  decimalsOf,
  GENERATOR_OPTIONS,
  NOISE_OPTION,
  type OpenGenerator,
  PICTURE_ROWS,
  pointsOf,
  RESOLUTION_HELP,
  withGenerator,
} from "./explore.ts";
import { type Known, pixelsAt, readInput } from "./fit_input.ts";
import { pngPath, readBytes, writeBytes } from "../files/files.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { READ_OPTIONS, readOptionsOf } from "../options/read_options.ts";
import { print } from "../terminal/output.ts";

const ANY = Number.MAX_SAFE_INTEGER;

const FIT_OPTIONS = {
  input: {
    kind: "text",
    value: "FILE",
    help:
      "Image; npz file with coordinates (on the sphere alternatively latitude and longitude, in degrees) and features in " +
      "the units of the data; or file or folder like those of training, of which --item is fitted",
  },
  item: {
    kind: "integer",
    min: 0,
    max: ANY,
    default: 0,
    help: "Index of the function where --input has several",
  },
  keep: {
    kind: "text",
    value: "FRACTION",
    default: "1",
    help: "Fraction of the points to observe, chosen at random",
  },
  mask: {
    kind: "text",
    value: "FILE.png",
    defaultText: "none",
    help: "Image whose white pixels select the pixels to observe",
  },
  region: {
    kind: "text",
    value: "x0,y0,x1,y1",
    defaultText: "all points",
    help:
      "Observe only points inside this box; for data other than images, the lower then the upper bounds of the " +
      "coordinates",
  },
  steps: {
    kind: "integer",
    min: 1,
    max: ANY,
    default: FIT_DEFAULTS.steps,
    help: "Number of optimisation steps",
  },
  restarts: {
    kind: "integer",
    min: 1,
    max: 4096,
    default: FIT_DEFAULTS.restarts,
    help: "Number of starting points",
  },
  noise: NOISE_OPTION,
  seed: {
    kind: "integer",
    min: 0,
    max: ANY,
    default: 0,
    help: "Random seed of --keep and of the starting points",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: `${PICTURE_ROWS} for images, otherwise that of the run's sheets`,
    help: RESOLUTION_HELP,
  },
  latent: {
    kind: "text",
    value: "FILE.npy",
    defaultText: "none",
    help: "Write the latent of the best fit, for interpolate and zoom",
  },
  out: {
    kind: "text",
    value: "FILE.png",
    defaultText: "samples/fit.png in the folder of the run",
    help: "Output file: an image of the input, the observed part, the best fit and the mean of all fits",
  },
  ...READ_OPTIONS,
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

type FitValues = Values<typeof FIT_OPTIONS>;

/** The command. */
export const fitCommand: Command = defineCommand({
  name: "fit",
  summary: "Fit a function to an image, shape or field, or to a part of one.",
  positionals: [RUN],
  options: FIT_OPTIONS,
  examples: [
    "deno task fit runs/digits-1 --input three.png --keep 0.1",
    "deno task fit runs/faces32-1 --input face.jpg --region -1,-1,1,0 --latent face.npy",
    "deno task fit runs/climate-1 --input stations.npz --noise 0.05 --resolution 91",
    "deno task fit runs/sst-1 --input sst.nc --gaps points --select depth=0 --item 12 --keep 0.05",
  ],
  async run(values, [argument]) {
    const noise = decimalsOf("noise", values.noise, "X")[0]!;
    if (!(noise >= 0)) throw new UsageError(`--noise must be at least 0; got "${values.noise}"`);
    const { folder, checkpoint } = await openRun(argument, values);
    const known = await readInput(checkpoint, { ...values, read: readOptionsOf(values) });
    const chosen = await choosePoints(checkpoint, known, values);
    const out = pngPath(values.out ?? `${folder}/samples/fit.png`);
    requireFit(checkpoint, known, values);
    await withGenerator(checkpoint, values, async (generator) => {
      const lines = await fit(checkpoint, generator, { known, chosen, noise, out, values });
      for (const line of lines) print(line);
    }, evaluationsOf(checkpoint, known, values));
    print(out);
    return 0;
  },
});

/** Returns the points selected by all options. */
async function choosePoints(
  { config: { model }, display }: Checkpoint,
  { coordinates, grid }: Known,
  values: FitValues,
): Promise<number[]> {
  const { keep, seed, mask, region } = values;
  const points = coordinates.length / model.coordinateDim, isPicture = display.kind === "image";
  const fraction = decimalsOf("keep", keep, "FRACTION")[0]!;
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UsageError(`--keep must be above 0 and at most 1; got "${keep}"`);
  }
  const allowed = new Set(Array.from({ length: points }, (_, i) => i));
  const intersect = (selected: ReadonlySet<number>) =>
    allowed.forEach((point) => selected.has(point) || allowed.delete(point));
  if (mask !== undefined) {
    if (grid?.kind !== "image") {
      throw new UsageError("--mask requires an image as input: omit it, or use --region");
    }
    const pixels = await pixelsAt(
      await readBytes(mask),
      mask,
      { ...grid, channels: 1 },
      readOptionsOf(values),
    );
    intersect(new Set([...allowed].filter((pixel) => pixels[pixel]! >= 128)));
  }
  if (region !== undefined) {
    intersect(new Set(chooseRegion(coordinates, regionOf(region, model.coordinateDim, isPicture))));
  }
  const candidates = [...allowed];
  if (candidates.length === 0) throw new UserError("--mask and --region select no points: enlarge them");
  return chooseFraction(candidates.length, fraction, seed).map((i) => candidates[i]!);
}

/** Parses a range for each coordinate; the first coordinate of images is vertical. */
function regionOf(text: string, dimension: number, isPicture: boolean): (readonly [number, number])[] {
  const axes = Array.from({ length: dimension }, (_, i) => i + 1);
  const names = isPicture
    ? "x0,y0,x1,y1"
    : ["low", "high"].flatMap((end) => axes.map((i) => end + i)).join(",");
  const ends = decimalsOf("region", text, names);
  const ranges = axes.map((i) => [ends[i - 1]!, ends[i - 1 + dimension]!] as const);
  return isPicture ? ranges.reverse() : ranges;
}

/** Returns the resolution at which the fit is shown. */
function shownResolution({ config: { sheet }, display }: Checkpoint, { resolution }: FitValues): number {
  return resolution ?? (display.kind === "image" ? PICTURE_ROWS : sheet.resolution);
}

/** Checks memory. */
function requireFit(checkpoint: Checkpoint, known: Known, values: FitValues): void {
  const { display, config: { model } } = checkpoint, resolution = shownResolution(checkpoint, values);
  requireFitSheet({ ...model, display, resolution, points: known.coordinates.length / model.coordinateDim });
}

/** Number of points, over all functions, at which fits are evaluated. */
function evaluationsOf(checkpoint: Checkpoint, known: Known, values: FitValues): number {
  const points = known.coordinates.length / checkpoint.config.model.coordinateDim;
  const shown = pointsOf(checkpoint.display, shownResolution(checkpoint, values), points);
  return values.restarts * (points + shown);
}

/** Input and options of {@link fit}. */
interface FitWork {
  readonly known: Known;
  readonly chosen: readonly number[];
  readonly noise: number;
  readonly out: string;
  readonly values: FitValues;
}

/** Fits, and writes the image and the latent. @returns Lines to print. */
async function fit(
  checkpoint: Checkpoint,
  { device, sampler, weights, activity }: OpenGenerator,
  { known, chosen, noise, out, values }: FitWork,
): Promise<string[]> {
  const { generator, display } = checkpoint;
  const { steps, restarts, seed, latent } = values;
  const observed = takePoints(known, chosen, generator);
  const observations: Observations = { targets: 1, points: chosen.length, ...observed };
  activity.next("fitting");
  const found = await fitLatents({
    generator,
    weights,
    device,
    observations,
    steps,
    restarts,
    seed,
    noise,
    onProgress: (part) => activity.at(part),
  });
  activity.next("evaluating fits");
  const best = found.candidateLosses.indexOf(found.losses[0]!);
  const guessed = await meanAndMember(sampler, weights, found.candidates, known.coordinates, best);
  const guesses = { "best fit": guessed.member, "mean of fits": guessed.mean };
  const points = known.features.length / generator.featureDim;
  const lines = Object.entries(guesses).map(([name, features]) => {
    const all = { coordinates: known.coordinates, features };
    const error = meanSquaredError(takePoints(all, chosen, generator).features, observed.features);
    return `${name}: mean squared error ${error.toFixed(5)} at the ${
      countOf(chosen.length, "observed point")
    }, ` +
      `${meanSquaredError(features, known.features).toFixed(5)} at all ${points} known points`;
  });

  const resolution = shownResolution(checkpoint, values);
  const sheet = { sampler, weights, fit: found, known, chosen, display, resolution };
  await writeBytes(out, encodePngRows(await fitSheet({ ...sheet, ...(known.grid && { grid: known.grid }) })));
  if (latent !== undefined) {
    await writeBytes(latent, writeNpy({ shape: [generator.latentDim], data: found.latents }));
  }
  return lines;
}
