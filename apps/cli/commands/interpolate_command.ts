/**
 * `interpolate`: interpolates between two latents.
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
import { type Command, defineCommand } from "../command/command.ts";
import {
  FRAME_OPTIONS,
  GENERATOR_OPTIONS,
  LATENT_HELP,
  latentOf,
  PICTURE_ROWS,
  pointsOf,
  RESOLUTION_HELP,
  withGenerator,
  writeFrames,
} from "./explore.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import type { OptionTable } from "../options/options.ts";
import { print } from "../terminal/output.ts";

const INTERPOLATE_OPTIONS = {
  from: { kind: "text", value: "LATENT", default: "0", help: `First latent: ${LATENT_HELP}` },
  to: { kind: "text", value: "LATENT", default: "1", help: "Last latent, in the same syntax" },
  steps: {
    kind: "integer",
    min: 2,
    max: 4096,
    default: 16,
    help: "Number of functions, both ends included",
  },
  path: {
    kind: "choice",
    choices: LATENT_PATHS,
    default: "spherical",
    help: "Straight line, or arc on which latents have typical norms",
  },
  format: {
    kind: "choice",
    choices: ["sheet", "apng", "frames"],
    default: "sheet",
    help: "One image of all functions, an animated PNG (forwards and backwards), or a folder of PNG files",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: `that of the run's sheets; ${PICTURE_ROWS} for animated images`,
    help: RESOLUTION_HELP,
  },
  out: {
    kind: "text",
    value: "FILE",
    defaultText: "samples/interpolation.png or samples/interpolation in the folder of the run",
    help: "Output file, or folder of frames",
  },
  ...FRAME_OPTIONS,
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

/** The command. */
export const interpolateCommand: Command = defineCommand({
  name: "interpolate",
  summary: "Interpolate between two samples of a run.",
  positionals: [RUN],
  options: INTERPOLATE_OPTIONS,
  examples: [
    "deno task interpolate runs/digits-1",
    "deno task interpolate runs/digits-1 --from 3 --to 7:12 --steps 30 --format apng --out way.png",
    "deno task interpolate runs/chairs16-1 --path linear --steps 8 --resolution 48",
  ],
  async run(values, [argument]) {
    const { folder, checkpoint } = await openRun(argument, values), { display } = checkpoint;
    const { latentDim } = checkpoint.generator, { format, steps, rate } = values;
    const latents = interpolateLatents({
      from: await latentOf("from", values.from, latentDim),
      to: await latentOf("to", values.to, latentDim),
      steps,
      path: values.path as LatentPath,
    });
    const resolution = values.resolution ?? defaultResolution(checkpoint, format);
    const isFolder = format === "frames";
    const out = values.out ?? `${folder}/samples/interpolation${isFolder ? "" : ".png"}`;
    if (!isFolder) pngPath(out);
    requireSamples(
      { ...checkpoint.config.model, display, resolution, count: steps },
      format === "sheet" ? "sheet" : "pictures",
      { what: format === "sheet" ? "a sheet" : "an animation", count: "steps" },
    );
    await withGenerator(checkpoint, values, async ({ sampler, weights, activity }) => {
      const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution });
      if (format === "sheet") return await writeBytes(out, encodePng(sheetOf(samples)));
      const frames = samplesOf(samples).map(pictureOf);
      // Forwards and backwards, so that the loop has no jump
      const all = format === "apng" ? [...frames, ...frames.slice(1, -1).reverse()] : frames;
      await writeFrames(all, out, { format, rate, activity });
    }, steps * pointsOf(display, resolution));
    print(`${steps} functions from ${values.from} to ${values.to}: ${out}`);
    return 0;
  },
});

function defaultResolution({ display, config }: Checkpoint, format: string): number {
  return display.kind === "image" && format !== "sheet" ? PICTURE_ROWS : config.sheet.resolution;
}
