/**
 * The input of `fit`: a picture, values at points, or an item of any data that can be trained on.
 * @module
 */
import { type Checkpoint, UserError } from "@gasp/gasp";
import { type PointValues, readPointFile } from "@gasp/gasp/explore";
import {
  atResolution,
  type Dataset,
  decodeImage,
  type Display,
  displayCoordinates,
  fitToSquare,
  imageDataset,
  type ImageDisplay,
  type ReadOptions,
  resizeImages,
  resolutionOf,
  type ValueScale,
  withChannels,
} from "@gasp/datasets";
import { openNpz } from "@gasp/tensor";
import { withData } from "../files/data.ts";
import { readBytes } from "../files/files.ts";
import { UsageError } from "../options/options.ts";
import { printError } from "../terminal/output.ts";
import { rounded } from "../terminal/show_display.ts";

/** All known values of the function. */
export interface Known extends PointValues {
  /** Display of the run, if the points are those of its grid. */
  readonly grid?: Display;
}

/** What to read. */
export interface FitInput {
  /** File, folder, `KIND:PATH`, `PATH#NAME` or bundled data set. */
  readonly input: string | undefined;
  /** Index of the function. */
  readonly item: number;
  /** What to read of data that hold several things; default: as the run did. */
  readonly read: ReadOptions | undefined;
}

const PICTURE = /\.(?:png|jpe?g|jpe|jfif|webp|gif|bmp|dib|tiff?|avif)$/i;

/**
 * Reads the known values of a function.
 *
 * @param checkpoint Checkpoint of the run, which defines units and dimensions.
 * @param request What to read.
 * @throws {UserError} If there is no input, or it does not match the run.
 * @throws {DataError} If it cannot be read.
 */
export async function readInput(checkpoint: Checkpoint, request: FitInput): Promise<Known> {
  const { display, config: { model, read: readOfRun } } = checkpoint, { input, item } = request;
  if (input === undefined) {
    throw new UsageError(
      "fit needs --input FILE: an image, an npz file with coordinates and features, or data as for training",
    );
  }
  const read = request.read ?? readOfRun;
  if (display.kind === "image" && PICTURE.test(input)) {
    const pixels = await pixelsAt(await readBytes(input), input, display, read);
    const features = await imageDataset(input, { count: 1, ...display, pixels }).batch([0]);
    return { coordinates: displayCoordinates(display), features, grid: display };
  }
  if (/\.npz$/i.test(input)) {
    const bytes = await readBytes(input);
    if (hasFeatures(bytes)) {
      const points = readPointFile(bytes, { ...model, name: input, display, item });
      warnOfUnits(points, input, display);
      return { ...points, ...(areOfGrid(points, display) && { grid: display }) };
    }
  }
  const opening = {
    ...(display.kind === "volume" || display.kind === "curve" || display.kind === "image"
      ? { resolution: resolutionOf(display) }
      : {}),
    ...(read && { read }),
    report: printError,
  };
  const known = await withData(input, opening, ({ dataset }) => itemOf(dataset, item, checkpoint));
  warnOfUnits(known, input, display);
  return known;
}

/** Whether an npz file has features at points; others are data as for training. */
function hasFeatures(bytes: Uint8Array): boolean {
  try {
    return openNpz(bytes).has("features");
  } catch {
    // Reading it says what is wrong.
    return true;
  }
}

/** Reads an item of a data set in the units of the run. */
async function itemOf(
  dataset: Dataset,
  item: number,
  { display, config: { model } }: Checkpoint,
): Promise<Known> {
  const { name, items, coordinateDim, featureDim } = dataset;
  if (coordinateDim !== model.coordinateDim || featureDim !== model.featureDim) {
    throw new UserError(
      `${name} has ${coordinateDim} coordinates and ${featureDim} features at each point, the run ${model.coordinateDim} and ` +
        `${model.featureDim}: pass data like those of the run (--variable names one of several)`,
    );
  }
  if (item >= items) throw new UserError(`${name} has items 0 to ${items - 1}; got --item ${item}`);
  const features = await dataset.batch([item]);
  const coordinates = await dataset.batchCoordinates?.([item]) ?? dataset.coordinates;
  for (let i = 0; i < features.length; i++) {
    const from = scaleOf(dataset.display, i % featureDim), to = scaleOf(display, i % featureDim);
    if (from === undefined || to === undefined) continue;
    const value = from.low + (features[i]! + 1) / 2 * (from.high - from.low);
    features[i] = 2 * (value - to.low) / (to.high - to.low) - 1;
  }
  const known = { coordinates, features };
  // The features are now in the units of the run.
  const own = display.kind === "cloud" || display.kind !== dataset.display.kind
    ? undefined
    : atResolution(display, resolutionOf(dataset.display));
  return { ...known, ...(own && areOfGrid(known, own) && { grid: own }) };
}

function scaleOf(display: Display, feature: number): ValueScale | undefined {
  if (display.kind === "cloud") return display.scales[feature];
  return display.kind === "volume" ? undefined : display.scale;
}

/** Features larger than this are probably in other units than the data, or of another quantity. */
const SUSPICIOUS = 2;

function warnOfUnits({ features }: PointValues, name: string, display: Display): void {
  const largest = features.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest <= SUSPICIOUS) return;
  const scale = "scale" in display ? display.scale : undefined;
  const range = scale
    ? ` (${rounded(scale.low)} to ${rounded(scale.high)}${scale.units ? ` ${scale.units}` : ""})`
    : "";
  printError(
    `warning: values in ${name} are far outside the range of the data${range}: are they in the same units?`,
  );
}

function areOfGrid({ coordinates }: PointValues, display: Display): boolean {
  if (display.kind === "cloud") return false;
  const grid = displayCoordinates(display);
  return grid.length === coordinates.length &&
    grid.every((value, i) => Math.abs(value - coordinates[i]!) < 1e-5);
}

/**
 * Decodes an image and converts it to the size and channels of the run.
 *
 * @param bytes Contents of the file.
 * @param name Its name, for messages.
 * @param display Size and channels.
 * @param read How pictures are read.
 * @returns Bytes `[height, width, channels]`.
 */
export async function pixelsAt(
  bytes: Uint8Array,
  name: string,
  { height, width, channels }: ImageDisplay,
  { fit = "crop", asStored = false }: ReadOptions = {},
): Promise<Uint8Array> {
  const picture = withChannels(await decodeImage(bytes, name, { asStored }), channels);
  if (height === width) return fitToSquare(picture, height, fit).pixels;
  return resizeImages({ ...picture, count: 1 }, height, width).pixels;
}
