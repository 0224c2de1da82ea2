/**
 * `data inspect PATH`: says what files hold, as training would see them.
 * @module
 */
import { BUNDLED_NAMES, DATA_KINDS, type Dataset, type OpenedDataset, resolutionOf } from "@gasp/datasets";
import { encodePng, requireSamples, sheetOf } from "@gasp/gasp";
import { type Command, defineCommand } from "./command.ts";
import { withData } from "../files/data.ts";
import { countOf } from "../device/device.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { showDisplay } from "../terminal/show_display.ts";
import { print, printError } from "../terminal/output.ts";

/** Items whose values are looked at. */
const LOOKED_AT = 64;

const WHAT = `A file, a folder, KIND:PATH with one of the kinds ${DATA_KINDS.join(", ")}, ` +
  `or a set that comes with the program: ${BUNDLED_NAMES.join(", ")}`;

/** The command. */
export const dataCommand: Command = defineCommand({
  name: "data",
  summary: "Say what a file or folder holds: kind, sizes, ranges, a picture.",
  positionals: [
    { name: "inspect", help: "What to do", choices: ["inspect"] },
    { name: "PATH", help: WHAT },
  ],
  options: {
    resolution: {
      kind: "integer",
      min: 2,
      max: 65_536,
      defaultText: "the data's; 64 for files of pictures, 32 for meshes",
      help: "Resample to this many rows or points along an axis; of sounds, keep this many samples",
    },
    count: { kind: "integer", min: 1, max: LOOKED_AT, default: 16, help: "Items on the picture" },
    out: { kind: "text", value: "FILE.png", help: "Write a PNG of the first items" },
    json: { kind: "flag", help: "Print one line of JSON" },
  },
  examples: [
    "deno task data inspect ~/celeba --resolution 64 --out faces.png",
    "deno task data inspect chairs",
  ],
  async run({ resolution, out, ...options }, [, path]) {
    if (out !== undefined) pngPath(out);
    const opening = { ...(resolution !== undefined && { resolution }), report: printError };
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
  const coordinates = await coordinatesOf(dataset, indices.slice(0, 1));
  await writeBytes(out, encodePng(sheetOf({ ...dataset, values, coordinates })));
  print(`${countOf(indices.length, "item")}: ${out}`);
}

async function describe(dataset: Dataset) {
  const { name, items, pointCount, coordinateDim, featureDim, display } = dataset;
  const indices = firstItems(dataset, LOOKED_AT);
  const places = indices.slice(0, dataset.batchCoordinates ? undefined : 1);
  return {
    name,
    items,
    points: dataset.batchCoordinates ? `${pointCount} of each item's own` : pointCount,
    coordinates: await rangesOf(places, coordinateDim, (item) => coordinatesOf(dataset, [item])),
    features: await rangesOf(indices, featureDim, (item) => dataset.batch([item])),
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

/** The sheet of some items, whose sizes are those of the data. */
function requireDataSheet(dataset: Dataset, count: number): void {
  const { display, pointCount } = dataset;
  const resolution = display.kind === "cloud" ? 2 : resolutionOf(display);
  requireSamples({ ...dataset, display, resolution, points: pointCount, count }, "sheet");
}

/** Smallest and largest value of each channel, from one item at a time. */
async function rangesOf(
  items: readonly number[],
  channels: number,
  valuesOf: (item: number) => Promise<Float32Array>,
): Promise<string[]> {
  const low = new Float64Array(channels).fill(Infinity), high = new Float64Array(channels).fill(-Infinity);
  for (const item of items) {
    const values = await valuesOf(item);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!, channel = i % channels;
      if (value < low[channel]!) low[channel] = value;
      if (value > high[channel]!) high[channel] = value;
    }
  }
  return Array.from(low, (least, channel) => `${least.toFixed(4)} to ${high[channel]!.toFixed(4)}`);
}

function lineOf([name, value]: readonly [string, unknown]): string {
  const text = Array.isArray(value) ? value.join("; ") || "nothing" : String(value);
  return `${name.padEnd(12)} ${text}`;
}
