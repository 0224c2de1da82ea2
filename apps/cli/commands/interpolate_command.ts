/**
 * `interpolate`: the functions between two latents.
 * @module
 */
import {
  type Checkpoint,
  encodePng,
  pictureOf,
  requireSamples,
  sampleForDisplay,
  samplesOf,
  sheetOf,
} from "@gasp/gasp";
import { interpolateLatents, LATENT_PATHS, type LatentPath } from "@gasp/gasp/explore";
import { type Command, defineCommand } from "./command.ts";
import {
  FRAME_OPTIONS,
  GENERATOR_OPTIONS,
  LATENT_HELP,
  latentOf,
  openRun,
  PICTURE_ROWS,
  RUN,
  withGenerator,
  writeFrames,
} from "./explore.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import type { OptionTable } from "../options/options.ts";
import { print } from "../terminal/output.ts";

const INTERPOLATE_OPTIONS = {
  from: { kind: "text", value: "LATENT", default: "0", help: `Where to begin: ${LATENT_HELP}` },
  to: { kind: "text", value: "LATENT", default: "1", help: "Where to end, as --from" },
  steps: {
    kind: "integer",
    min: 2,
    max: 4096,
    default: 16,
    help: "Functions on the way, both ends included",
  },
  path: {
    kind: "choice",
    choices: LATENT_PATHS,
    default: "spherical",
    help: "Straight, or around the origin at the distance where samples lie",
  },
  format: {
    kind: "choice",
    choices: ["sheet", "apng", "frames"],
    default: "sheet",
    help: "One picture of all, an animated PNG there and back, or a folder of PNG files",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: `that of the run's sheets; ${PICTURE_ROWS} for moving pictures`,
    help: "Rows of pictures and maps, points along each axis of shapes, times of curves",
  },
  out: {
    kind: "text",
    value: "FILE",
    defaultText: "samples/interpolation.png or samples/interpolation in the run's folder",
    help: "Where to write: a file, or a folder of frames",
  },
  ...FRAME_OPTIONS,
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

/** The command. */
export const interpolateCommand: Command = defineCommand({
  name: "interpolate",
  summary: "Show the functions between two latents.",
  positionals: [RUN],
  options: INTERPOLATE_OPTIONS,
  examples: [
    "deno task interpolate runs/digits-1",
    "deno task interpolate runs/digits-1 --from 3 --to 7:12 --steps 30 --format apng --out way.png",
    "deno task interpolate runs/chairs16-1 --path linear --steps 8 --resolution 48",
  ],
  async run(values, [run = ""]) {
    const checkpoint = await openRun(run, values.step), { display } = checkpoint;
    const { latentDim } = checkpoint.generator, { format, steps, rate } = values;
    const latents = interpolateLatents({
      from: await latentOf("from", values.from, latentDim),
      to: await latentOf("to", values.to, latentDim),
      steps,
      path: values.path as LatentPath,
    });
    const resolution = values.resolution ?? defaultResolution(checkpoint, format);
    const isFolder = format === "frames";
    const out = values.out ?? `${run}/samples/interpolation${isFolder ? "" : ".png"}`;
    if (!isFolder) pngPath(out);
    requireSamples(
      { ...checkpoint.config.model, display, resolution, count: steps },
      format === "sheet" ? "sheet" : "pictures",
      { what: format === "sheet" ? "a sheet" : "an animation", count: "steps" },
    );
    await withGenerator(checkpoint, values, async ({ sampler, weights }) => {
      const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution });
      if (format === "sheet") return await writeBytes(out, encodePng(sheetOf(samples)));
      const frames = samplesOf(samples).map(pictureOf);
      // There and back, so that nothing jumps where it begins again
      const all = format === "apng" ? [...frames, ...frames.slice(1, -1).reverse()] : frames;
      await writeFrames(all, out, { format, rate });
    });
    print(`${steps} functions from ${values.from} to ${values.to}: ${out}`);
    return 0;
  },
});

function defaultResolution({ display, config }: Checkpoint, format: string): number {
  return display.kind === "image" && format !== "sheet" ? PICTURE_ROWS : config.sheet.resolution;
}
