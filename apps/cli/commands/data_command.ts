/**
 * `data inspect PATH`: describes files as training would read them.
 * @module
 */
import {
  BUNDLED_NAMES,
  DATA_KINDS,
  type Dataset,
  displayOfItems,
  type OpenedDataset,
  resolutionOf,
} from "@gasp/datasets";
import { encodePng, requireSamples, sheetOf } from "@gasp/gasp";
import { type Command, defineCommand } from "../command/command.ts";
import { withData } from "../files/data.ts";
import { countOf } from "../device/device.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { Activity } from "../terminal/activity.ts";
import { showDisplay } from "../terminal/show_display.ts";
import { print, printError } from "../terminal/output.ts";
import { READ_OPTIONS, readOptionsOf } from "../options/read_options.ts";

/** Maximum number of items whose values are examined. */
const MAX_EXAMINED = 64;

const WHAT = `File, folder, KIND:PATH (kinds: ${DATA_KINDS.join(", ")}), ` +
  `or bundled data set (${BUNDLED_NAMES.join(", ")})`;

/** The command. */
export const dataCommand: Command = defineCommand({
  name: "data",
  summary: "Describe a data set: kind, sizes, value ranges, an image of some items.",
  positionals: [
    { name: "inspect", help: "Action", choices: ["inspect"] },
    { name: "PATH", help: WHAT },
  ],
  options: {
    resolution: {
      kind: "integer",
      min: 2,
      max: 65_536,
      defaultText: "that of the data; 64 for image files, 32 for meshes",
      help: "Rows of images and fields, voxels along each axis of shapes, or samples of sounds",
    },
    ...READ_OPTIONS,
    count: { kind: "integer", min: 1, max: MAX_EXAMINED, default: 16, help: "Number of items on the image" },
    out: { kind: "text", value: "FILE.png", help: "Write an image of the first items" },
    json: { kind: "flag", help: "Print one line of JSON" },
  },
  examples: [
    "deno task data inspect ~/celeba --resolution 64 --out faces.png",
    "deno task data inspect era5.nc --variable u10,v10 --select plev=500",
    "deno task data inspect chairs",
  ],
  async run({ resolution, out, ...options }, [, path]) {
    if (out !== undefined) pngPath(out);
    const read = readOptionsOf(options);
    const opening = {
      ...(resolution !== undefined && { resolution }),
      ...(read && { read }),
      report: printError,
    };
    await withData(path!, opening, (opened) => inspect(opened, { ...options, out }));
    return 0;
  },
});

interface InspectOptions {
  readonly count: number;
  readonly out: string | undefined;
  readonly json: boolean;
}

async function inspect(
  { dataset, kind, assumptions }: OpenedDataset,
  { count, out, json }: InspectOptions,
): Promise<void> {
  const facts = { kind, ...await describe(dataset), assumed: assumptions };
  print(json ? JSON.stringify(facts) : Object.entries(facts).map(lineOf).join("\n"));
  if (out === undefined) return;
  const indices = firstItems(dataset, count);
  requireDataSheet(dataset, indices.length);
  const values = await dataset.batch(indices);
  const coordinates = await coordinatesOf(dataset, indices);
  // Items with points of their own are drawn at these, even if samples of a model are shown on a grid.
  const own = { points: dataset.pointCount, display: displayOfItems(dataset) };
  await writeBytes(out, encodePng(sheetOf({ ...dataset, values, coordinates, ...own })));
  print(`${countOf(indices.length, "item")}: ${out}`);
}

async function describe(dataset: Dataset) {
  const { name, items, pointCount, coordinateDim, featureDim, display } = dataset;
  const indices = firstItems(dataset, MAX_EXAMINED);
  const withCoordinates = indices.slice(0, dataset.batchCoordinates ? undefined : 1);
  using activity = new Activity(`examining ${name}`);
  const featuresOf = (item: number, i: number) => {
    activity.at(i / indices.length);
    return dataset.batch([item]);
  };
  return {
    name,
    items,
    points: dataset.batchCoordinates ? `${pointCount}, separate for each item` : pointCount,
    coordinates: await rangesOf(withCoordinates, coordinateDim, (item) => coordinatesOf(dataset, [item])),
    features: await rangesOf(indices, featureDim, featuresOf),
    lookedAt: indices.length,
    display: showDisplay(display),
  };
}

async function coordinatesOf(dataset: Dataset, indices: number[]): Promise<Float32Array> {
  return await dataset.batchCoordinates?.(indices) ?? dataset.coordinates;
}

function firstItems({ items }: Dataset, count: number): number[] {
  return Array.from({ length: Math.min(items, count) }, (_, i) => i);
}

/** Checks that a sheet of items fits in memory. */
function requireDataSheet(dataset: Dataset, count: number): void {
  const { display, pointCount } = dataset;
  const resolution = display.kind === "cloud" ? 2 : resolutionOf(display);
  requireSamples({ ...dataset, display, resolution, points: pointCount, count }, "sheet");
}

/** Minimum and maximum of each channel, reading one item at a time. */
async function rangesOf(
  items: readonly number[],
  channels: number,
  valuesOf: (item: number, i: number) => Promise<Float32Array>,
): Promise<string[]> {
  const low = new Float64Array(channels).fill(Infinity), high = new Float64Array(channels).fill(-Infinity);
  for (const [nth, item] of items.entries()) {
    const values = await valuesOf(item, nth);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!, channel = i % channels;
      if (value < low[channel]!) low[channel] = value;
      if (value > high[channel]!) high[channel] = value;
    }
  }
  return Array.from(low, (least, channel) => `${least.toFixed(4)} to ${high[channel]!.toFixed(4)}`);
}

function lineOf([name, value]: readonly [string, unknown]): string {
  const text = Array.isArray(value) ? value.join("; ") || "none" : String(value);
  return `${name.padEnd(12)} ${text}`;
}
