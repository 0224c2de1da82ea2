/**
 * `sample`: new functions from a trained run, as pictures, meshes, fields, sounds or numbers, at any resolution.
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
import { type Command, defineCommand } from "./command.ts";
import { countOf } from "../device/device.ts";
import { GENERATOR_OPTIONS, openRun, withGenerator } from "./explore.ts";
import { readBytes, writeBytes } from "../files/files.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { newestRun, RUNS } from "../files/runs.ts";
import { print, printError } from "../terminal/output.ts";

const ANY = Number.MAX_SAFE_INTEGER;

const SAMPLE_OPTIONS = {
  run: { kind: "text", value: "FOLDER", defaultText: "the newest run", help: "Folder of the run" },
  ...GENERATOR_OPTIONS,
  count: { kind: "integer", min: 1, max: 65536, default: 64, help: "How many samples" },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: "that of the run's sheets",
    help: "Rows of pictures and maps, points along each axis of shapes, times of curves",
  },
  seed: { kind: "integer", min: 0, max: ANY, default: 0, help: "Seed: which samples" },
  columns: { kind: "integer", min: 1, max: 65536, defaultText: "as many as rows", help: "Samples in a row" },
  format: {
    kind: "choice",
    choices: SAMPLE_FORMATS,
    defaultText: "what --out ends in, else png",
    help: "Pictures; meshes of shapes; fields on the sphere; sounds or tables of curves; numbers of any kind",
  },
  separate: { kind: "flag", help: "Files of its own for each sample, in the folder --out" },
  coordinates: {
    kind: "text",
    value: "FILE.npz",
    help: "Where to evaluate values at points, which have no grid: npy, or npz with an array coordinates",
  },
  out: {
    kind: "text",
    value: "FILE",
    defaultText: "samples/step-STEP-seed-SEED in the run's folder",
    help: "Where to write: a file, or a folder where there are several",
  },
} satisfies OptionTable;

/** The command. */
export const sampleCommand: Command = defineCommand({
  name: "sample",
  summary: "Draw new samples from a trained run.",
  positionals: [{ name: "RUN", optional: true, help: "Folder of the run, as --run" }],
  options: SAMPLE_OPTIONS,
  examples: [
    "deno task sample",
    "deno task sample --count 4 --resolution 512 --out big.png",
    "deno task sample --run runs/digits-1 --seed 7 --separate --out digits",
    "deno task sample --run runs/chairs16-1 --count 1 --resolution 128 --out chair.glb",
    "deno task sample --run runs/climate-1 --count 8 --resolution 181 --out fields.nc",
  ],
  async run(values, [given]) {
    if (given !== undefined && values.run !== undefined && given !== values.run) {
      throw new UsageError(`${given} and --run ${values.run} name two runs: leave one out`);
    }
    const run = given ?? values.run ?? await newestRun("checkpoints");
    if (run === undefined) {
      throw new UserError(`there is no trained run in ${RUNS}/: train one with deno task train`);
    }
    const checkpoint = await openRun(run, values.step);
    const request = await requestOf(checkpoint, values);
    const path = await withGenerator(
      checkpoint,
      values,
      ({ sampler, weights }) => writeSamples({ ...request, sampler, weights }, run, checkpoint.step, values),
    );
    print(`${countOf(values.count, "sample")} of ${run} at step ${checkpoint.step}: ${path}`);
    return 0;
  },
});

type SampleValues = Values<typeof SAMPLE_OPTIONS>;

/** What is asked for, checked before a device is opened. */
async function requestOf(
  { config, display }: Checkpoint,
  values: SampleValues,
): Promise<Omit<ExportRequest, "sampler" | "weights">> {
  const { count, seed, resolution = config.sheet.resolution, separate, columns, out } = values;
  const isCloud = display.kind === "cloud";
  if (isCloud && values.coordinates === undefined) {
    throw new UserError(
      "these samples are values at points, which the run does not hold: give them with --coordinates FILE.npz",
    );
  }
  if (!isCloud && values.coordinates !== undefined) {
    throw new UserError(
      "these samples have a grid of their own: leave --coordinates out, --resolution sets it",
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
        await readBytes(values.coordinates, "give an npz or npy file of coordinates"),
        values.coordinates,
        config.model.coordinateDim,
      ),
    }),
  };
  requireExport({ ...request, count }, config.model);
  return { ...request, latents: sampleLatents(seed, count, config.model.latentDim) };
}

/**
 * Writes all files: the one that holds all samples, or that of a single one, at the path asked for, others into a folder.
 *
 * @returns The files of a single one or of all together, or the folder.
 */
async function writeSamples(
  request: ExportRequest,
  run: string,
  step: number,
  { count, seed, separate, out }: SampleValues,
): Promise<string> {
  const asked = out ?? `${run}/samples/step-${step}-seed-${seed}`;
  const stem = separate ? asked : splitEnding(asked).stem;
  const paths: string[] = [];
  let isFolder = false, empty = 0;
  for await (const { sample, suffix, bytes, isEmpty } of exportSamples(request)) {
    isFolder = sample !== undefined && (separate || count > 1);
    const number = String(sample ?? 0).padStart(String(count - 1).length, "0");
    const path = `${stem}${isFolder ? `/${number}` : ""}${suffix}`;
    await writeBytes(path, bytes);
    paths.push(path);
    if (isEmpty) empty++;
  }
  if (empty > 0) {
    printError(
      `${empty} of ${countOf(count, "shape")} have no surface: train longer, or take another --seed`,
    );
  }
  return isFolder ? stem : paths.join(" and ");
}
