/**
 * `fit`: the function that a generator has for a picture, shape or field of which a part is known.
 * @module
 */
import { type Checkpoint, encodePng, requireSamples, sampleForDisplay, UserError } from "@gasp/gasp";
import {
  chooseFraction,
  chooseRegion,
  FIT_DEFAULTS,
  fitLatents,
  fitPicture,
  meanOfCandidates,
  meanSquaredError,
  type Observations,
  type PointValues,
  readPointFile,
  takePoints,
} from "@gasp/gasp/explore";
import {
  decodeImage,
  type Display,
  displayCoordinates,
  imageDataset,
  type ImageDisplay,
  resizeImages,
  squarePicture,
  withChannels,
} from "@gasp/datasets";
import { writeNpy } from "@gasp/tensor";
import { type Command, defineCommand } from "./command.ts";
import { countOf } from "../device/device.ts";
import {
  decimalsOf,
  GENERATOR_OPTIONS,
  type OpenGenerator,
  openRun,
  PICTURE_ROWS,
  RUN,
  withGenerator,
} from "./explore.ts";
import { pngPath, readBytes, writeBytes } from "../files/files.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { rounded } from "../terminal/show_display.ts";
import { print, printError } from "../terminal/output.ts";

const ANY = Number.MAX_SAFE_INTEGER;

const FIT_OPTIONS = {
  input: {
    kind: "text",
    value: "FILE",
    help:
      "PNG or JPEG picture, or npz of coordinates (on the sphere also latitude and longitude, in degrees) and " +
      "features in the data's units",
  },
  item: { kind: "integer", min: 0, max: ANY, default: 0, help: "Which function of an npz of several" },
  keep: { kind: "text", value: "PART", default: "1", help: "Part of the points that is observed, at random" },
  mask: {
    kind: "text",
    value: "FILE.png",
    defaultText: "none",
    help: "Picture of the same shape: pixels that are white in it are observed",
  },
  region: {
    kind: "text",
    value: "x0,y0,x1,y1",
    defaultText: "everything",
    help:
      "Only points inside this box are observed; of what is no picture, lows then highs of the coordinates",
  },
  steps: { kind: "integer", min: 1, max: ANY, default: FIT_DEFAULTS.steps, help: "Steps of the search" },
  restarts: {
    kind: "integer",
    min: 1,
    max: 4096,
    default: FIT_DEFAULTS.restarts,
    help: "Starting points, searched at once",
  },
  noise: {
    kind: "text",
    value: "X",
    default: String(FIT_DEFAULTS.noise),
    help: "How far features, which lie in [-1, 1], may be off: more where measurements are rough",
  },
  seed: { kind: "integer", min: 0, max: ANY, default: 0, help: "Seed of --keep and of the starting points" },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: `${PICTURE_ROWS} for pictures, else that of the run's sheets`,
    help: "At which the fit is shown",
  },
  latent: {
    kind: "text",
    value: "FILE.npy",
    defaultText: "none",
    help: "Write the latent, for interpolate and zoom",
  },
  out: {
    kind: "text",
    value: "FILE.png",
    defaultText: "samples/fit.png in the run's folder",
    help: "Where to write the sheet: what is known, what was observed, the best fit, the mean of all",
  },
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

type FitValues = Values<typeof FIT_OPTIONS>;

/** The command. */
export const fitCommand: Command = defineCommand({
  name: "fit",
  summary: "Find the function of a picture, shape or field, or of a part of one.",
  positionals: [RUN],
  options: FIT_OPTIONS,
  examples: [
    "deno task fit runs/digits-1 --input three.png --keep 0.1",
    "deno task fit runs/faces32-1 --input face.jpg --region -1,-1,1,0 --latent face.npy",
    "deno task fit runs/climate-1 --input stations.npz --noise 0.05 --resolution 91",
  ],
  async run(values, [run = ""]) {
    const noise = decimalsOf("noise", values.noise, "X")[0]!;
    if (!(noise >= 0)) throw new UsageError(`--noise is 0 or more; got "${values.noise}"`);
    const checkpoint = await openRun(run, values.step);
    const known = await readInput(checkpoint, values);
    const chosen = await choosePoints(checkpoint, known, values);
    const out = pngPath(values.out ?? `${run}/samples/fit.png`);
    requireFit(checkpoint, known, values);
    await withGenerator(checkpoint, values, async (generator) => {
      const lines = await fit(checkpoint, generator, { known, chosen, noise, out, values });
      for (const line of lines) print(line);
    });
    print(out);
    return 0;
  },
});

/** All that is known of the function. */
interface Known extends PointValues {
  /** Where the points are all those of the run's grid: its kind and sizes. */
  readonly grid?: Display;
}

async function readInput({ display, config: { model } }: Checkpoint, values: FitValues): Promise<Known> {
  const { input, item } = values;
  if (input === undefined) {
    throw new UsageError("fit needs --input FILE: a picture, or npz of coordinates and features");
  }
  const bytes = await readBytes(input);
  if (/\.npz$/i.test(input)) {
    const points = readPointFile(bytes, { ...model, name: input, display, item });
    warnOfUnits(points, input, display);
    return { ...points, ...(areOfGrid(points, display) && { grid: display }) };
  }
  if (display.kind !== "image") {
    throw new UserError(
      `samples of this run are of kind ${display.kind}: give --input as an npz file of coordinates and features`,
    );
  }
  const pixels = pixelsAt(bytes, input, display);
  const features = await imageDataset(input, { count: 1, ...display, pixels }).batch([0]);
  return { coordinates: displayCoordinates(display), features, grid: display };
}

/** Features so far from [-1, 1] are in other units than the data, or of another quantity. */
const STRANGE = 2;

function warnOfUnits({ features }: PointValues, name: string, display: Display): void {
  const largest = features.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest <= STRANGE) return;
  const scale = "scale" in display ? display.scale : undefined;
  const range = scale
    ? `, which go from ${rounded(scale.low)} to ${rounded(scale.high)}${scale.units ? ` ${scale.units}` : ""}`
    : "";
  printError(`values in ${name} are far outside those of the data${range}: are they in the same units?`);
}

function areOfGrid({ coordinates }: PointValues, display: Display): boolean {
  if (display.kind === "cloud") return false;
  const grid = displayCoordinates(display);
  return grid.length === coordinates.length &&
    grid.every((value, i) => Math.abs(value - coordinates[i]!) < 1e-5);
}

/** A picture with the run's sizes and channels. */
function pixelsAt(bytes: Uint8Array, name: string, { height, width, channels }: ImageDisplay): Uint8Array {
  const picture = withChannels(decodeImage(bytes, name), channels);
  if (height === width) return squarePicture(picture, height).pixels;
  return resizeImages({ ...picture, count: 1 }, height, width).pixels;
}

/** The points that every option leaves. */
async function choosePoints(
  { config: { model }, display }: Checkpoint,
  { coordinates, grid }: Known,
  { keep, seed, mask, region }: FitValues,
): Promise<number[]> {
  const points = coordinates.length / model.coordinateDim, isPicture = display.kind === "image";
  const part = decimalsOf("keep", keep, "PART")[0]!;
  if (!(part > 0 && part <= 1)) throw new UsageError(`--keep is above 0 and at most 1; got "${keep}"`);
  const allowed = new Set(Array.from({ length: points }, (_, i) => i));
  const narrow = (kept: ReadonlySet<number>) =>
    allowed.forEach((point) => kept.has(point) || allowed.delete(point));
  if (mask !== undefined) {
    if (grid?.kind !== "image") {
      throw new UsageError("--mask goes with pictures: leave it out, or use --region");
    }
    const pixels = pixelsAt(await readBytes(mask), mask, { ...grid, channels: 1 });
    narrow(new Set([...allowed].filter((pixel) => pixels[pixel]! >= 128)));
  }
  if (region !== undefined) {
    narrow(new Set(chooseRegion(coordinates, regionOf(region, model.coordinateDim, isPicture))));
  }
  const candidates = [...allowed];
  if (candidates.length === 0) throw new UserError("no point is left to observe: widen --mask and --region");
  return chooseFraction(candidates.length, part, seed).map((i) => candidates[i]!);
}

/** A range for each coordinate; of a picture the first one is vertical. */
function regionOf(text: string, dimension: number, isPicture: boolean): (readonly [number, number])[] {
  const axes = Array.from({ length: dimension }, (_, i) => i + 1);
  const names = isPicture
    ? "x0,y0,x1,y1"
    : ["low", "high"].flatMap((end) => axes.map((i) => end + i)).join(",");
  const ends = decimalsOf("region", text, names);
  const ranges = axes.map((i) => [ends[i - 1]!, ends[i - 1 + dimension]!] as const);
  return isPicture ? ranges.reverse() : ranges;
}

/** The resolution at which the fit is shown. */
function shownResolution({ config: { sheet }, display }: Checkpoint, { resolution }: FitValues): number {
  return resolution ?? (display.kind === "image" ? PICTURE_ROWS : sheet.resolution);
}

/** All starts are evaluated at the known points and at those that are shown, and two of them drawn. */
function requireFit(checkpoint: Checkpoint, known: Known, values: FitValues): void {
  const { display, config: { model } } = checkpoint, resolution = shownResolution(checkpoint, values);
  const points = known.coordinates.length / model.coordinateDim;
  const sizes = { ...model, display, resolution, points, count: values.restarts, drawn: 2 };
  requireSamples(sizes, "numbers", { what: "a fit", count: "restarts" });
}

/** What {@link fit} works on. */
interface FitWork {
  readonly known: Known;
  readonly chosen: readonly number[];
  readonly noise: number;
  readonly out: string;
  readonly values: FitValues;
}

/** Searches, writes the sheet and the latent. @returns What to print. */
async function fit(
  checkpoint: Checkpoint,
  { device, sampler, weights }: OpenGenerator,
  { known, chosen, noise, out, values }: FitWork,
): Promise<string[]> {
  const { generator, display } = checkpoint;
  const { steps, restarts, seed, latent } = values;
  const observed = takePoints(known, chosen, generator);
  const observations: Observations = { targets: 1, points: chosen.length, ...observed };
  const found = await fitLatents({ generator, weights, device, observations, steps, restarts, seed, noise });
  const candidatesAt = await sampler.sample(weights, found.candidates, known.coordinates);
  const guesses = {
    "best fit": await sampler.sample(weights, found.latents, known.coordinates),
    "mean of fits": meanOfCandidates(candidatesAt, restarts, known.features.length),
  };
  const points = known.features.length / generator.featureDim;
  const lines = Object.entries(guesses).map(([name, features]) => {
    const all = { coordinates: known.coordinates, features };
    const near = meanSquaredError(takePoints(all, chosen, generator).features, observed.features);
    return `${name}: mean squared error ${near.toFixed(5)} at the ${
      countOf(chosen.length, "observed point")
    }, ` +
      `${meanSquaredError(features, known.features).toFixed(5)} at all ${points} known ones`;
  });

  const resolution = shownResolution(checkpoint, values);
  const { coordinates } = known;
  const best = await sampleForDisplay(sampler, weights, {
    latents: found.latents,
    display,
    resolution,
    coordinates,
  });
  const all = await sampleForDisplay(sampler, weights, {
    latents: found.candidates,
    display,
    resolution,
    coordinates,
  });
  const mean = { ...all, values: meanOfCandidates(all.values, restarts, best.values.length) };
  const picture = fitPicture({
    known,
    chosen,
    sizes: generator,
    ...(known.grid && { grid: known.grid }),
    found: [{ label: "best fit", sample: best }, { label: `mean of ${restarts} fits`, sample: mean }],
  });
  await writeBytes(out, encodePng(picture));
  if (latent !== undefined) {
    await writeBytes(latent, writeNpy({ shape: [generator.latentDim], data: found.latents }));
  }
  return lines;
}
