/**
 * `data inspect PATH`: describes files as training would read them.
 * @module
 */
import {
  BUNDLED_NAMES,
  coordinatesOf,
  DATA_KINDS,
  type Dataset,
  displayOfItems,
  inspectDataset,
  MAX_EXAMINED,
  type OpenedDataset,
  resolutionOf,
} from "@gasp/datasets";
import { encodePng, requireSamples, sheetOf } from "@gasp/gasp";
import { type Command, defineCommand } from "../command/command.ts";
import { withData } from "../files/data.ts";
import { countOf } from "../device/device.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { Activity } from "../terminal/activity.ts";
import { print, printError } from "../terminal/output.ts";
import { READ_OPTIONS, readOptionsOf } from "../options/read_options.ts";

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

async function inspect(opened: OpenedDataset, { count, out, json }: InspectOptions): Promise<void> {
  const { dataset } = opened, facts = await examine(opened);
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

async function examine(opened: OpenedDataset) {
  using activity = new Activity(`examining ${opened.dataset.name}`);
  return await inspectDataset(opened, (fraction) => activity.at(fraction));
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

function lineOf([name, value]: readonly [string, unknown]): string {
  const text = Array.isArray(value) ? value.join("; ") || "none" : String(value);
  return `${name.padEnd(12)} ${text}`;
}
