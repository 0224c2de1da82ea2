/**
 * `sample`: draws samples from a trained run, as images, meshes, fields, sounds or arrays, at any resolution.
 * @module
 */
import {
  type Checkpoint,
  chooseFormat,
  type ExportRequest,
  exportSamples,
  readCoordinates,
  requireExport,
  SAMPLE_FORMATS,
  type SampleFormat,
  sampleLatents,
  splitEnding,
  UserError,
} from "@gasp/gasp";
import { type Command, defineCommand } from "../command/command.ts";
import { countOf } from "../device/device.ts";
import { GENERATOR_OPTIONS, pointsOf, RESOLUTION_HELP, withGenerator } from "./explore.ts";
import { isFolder, readBytes, writeBytes } from "../files/files.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import type { OptionTable, Values } from "../options/options.ts";
import { print, printError } from "../terminal/output.ts";

const ANY = Number.MAX_SAFE_INTEGER;

const SAMPLE_OPTIONS = {
  ...GENERATOR_OPTIONS,
  count: { kind: "integer", min: 1, max: 65536, default: 64, help: "Number of samples" },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: "that of the run's sheets",
    help: RESOLUTION_HELP,
  },
  seed: { kind: "integer", min: 0, max: ANY, default: 0, help: "Random seed" },
  columns: {
    kind: "integer",
    min: 1,
    max: 65536,
    defaultText: "as many as rows",
    help: "Samples per row of a sheet",
  },
  format: {
    kind: "choice",
    choices: SAMPLE_FORMATS,
    defaultText: "by the extension of --out, otherwise png",
    help: "File format",
  },
  separate: { kind: "flag", help: "Write separate files for each sample, into the folder --out" },
  coordinates: {
    kind: "text",
    value: "FILE.npz",
    help:
      "Coordinates for samples without a grid: an npy file, or an npz file with an array named coordinates",
  },
  out: {
    kind: "text",
    value: "FILE",
    defaultText: "samples/step-STEP-seed-SEED in the folder of the run",
    help: "Output file, or folder if there are several files",
  },
} satisfies OptionTable;

/** The command. */
export const sampleCommand: Command = defineCommand({
  name: "sample",
  summary: "Draw samples from a trained run.",
  positionals: [RUN],
  options: SAMPLE_OPTIONS,
  examples: [
    "deno task sample",
    "deno task sample --count 4 --resolution 512 --out big.png",
    "deno task sample runs/digits-1 --seed 7 --separate --out digits",
    "deno task sample runs/chairs16-1 --count 1 --resolution 128 --out chair.glb",
    "deno task sample runs/climate-1 --count 8 --resolution 181 --out fields.nc",
  ],
  async run(values, [argument]) {
    const { name, folder, checkpoint } = await openRun(argument, values);
    const request = await requestOf(checkpoint, values);
    const path = await withGenerator(
      checkpoint,
      values,
      ({ sampler, weights }) =>
        writeSamples({ ...request, sampler, weights }, folder, checkpoint.step, values),
      values.count * pointsOf(request.display, request.resolution, coordinateCount(checkpoint, request)),
    );
    print(`${countOf(values.count, "sample")} of ${name} at step ${checkpoint.step}: ${path}`);
    return 0;
  },
});

/** Number of coordinates of samples without a grid. */
function coordinateCount(
  { generator }: Checkpoint,
  { coordinates }: Pick<ExportRequest, "coordinates">,
): number {
  return (coordinates?.length ?? 0) / generator.coordinateDim;
}

type SampleValues = Values<typeof SAMPLE_OPTIONS>;

/** Builds the request and checks it, before a device is opened. */
async function requestOf(
  { config, display, generator }: Checkpoint,
  values: SampleValues,
): Promise<Omit<ExportRequest, "sampler" | "weights">> {
  const { count, seed, resolution = config.sheet.resolution, separate, columns, out } = values;
  const isCloud = display.kind === "cloud";
  if (isCloud && values.coordinates === undefined) {
    throw new UserError(
      "samples of this run have no grid: specify the points with --coordinates FILE.npz",
    );
  }
  if (!isCloud && values.coordinates !== undefined) {
    throw new UserError(
      "samples of this run have a grid: omit --coordinates, and use --resolution to change the grid",
    );
  }
  const request = {
    display,
    resolution,
    format: chooseFormat(display, values.format as SampleFormat | undefined, separate ? undefined : out),
    separate,
    ...(columns !== undefined && { columns }),
    ...(values.coordinates !== undefined && {
      coordinates: readCoordinates(
        await readBytes(values.coordinates, "pass an npz or npy file of coordinates"),
        values.coordinates,
        generator.coordinateDim,
      ),
    }),
  };
  requireExport({ ...request, count }, generator);
  return { ...request, latents: sampleLatents(seed, count, generator.latentDim) };
}

/**
 * Writes all files: a single file at the requested path, several files into a folder.
 *
 * @returns Paths of the files, or the folder.
 */
async function writeSamples(
  request: ExportRequest,
  folder: string,
  step: number,
  { count, seed, separate, out }: SampleValues,
): Promise<string> {
  const name = `step-${step}-seed-${seed}`, target = out ?? `${folder}/samples/${name}`;
  const stem = separate ? target : splitEnding(target).stem;
  // A single file is written into a folder under its default name, not beside the folder
  const file = out !== undefined && await isFolder(out) ? `${out.replace(/\/+$/, "")}/${name}` : stem;
  const paths: string[] = [];
  let isMany = false, empty = 0;
  for await (const { sample, suffix, bytes, isEmpty } of exportSamples(request)) {
    isMany = sample !== undefined && (separate || count > 1);
    const number = String(sample ?? 0).padStart(String(count - 1).length, "0");
    const path = (isMany ? `${stem}/${number}` : file) + suffix;
    await writeBytes(path, bytes);
    paths.push(path);
    if (isEmpty) empty++;
  }
  if (empty > 0) {
    printError(
      `warning: ${empty} of ${countOf(count, "shape")} are empty: train longer, or try another --seed`,
    );
  }
  return isMany ? stem : paths.join(" and ");
}
