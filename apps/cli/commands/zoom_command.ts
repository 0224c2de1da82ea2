/**
 * `zoom`: shows a window of an image at any resolution, or an animation that zooms into it.
 * @module
 */
import { encodePng, rasterFromValues, type RasterImage, requirePictures, type Sampler } from "@gasp/gasp";
import { type ViewWindow, wholeWindow, windowGrid, windowsBetween } from "@gasp/gasp/explore";
import { atResolution, gridPoints, type ImageDisplay } from "@gasp/datasets";
import type { Tree } from "@gasp/tensor";
import { type Command, defineCommand } from "../command/command.ts";
import { countOf } from "../device/device.ts";
import {
  decimalsOf,
  FRAME_OPTIONS,
  GENERATOR_OPTIONS,
  imageDisplayOf,
  LATENT_HELP,
  latentOf,
  PICTURE_ROWS,
  pointsOf,
  withGenerator,
  writeFrames,
} from "./explore.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { print } from "../terminal/output.ts";

const ZOOM_OPTIONS = {
  sample: { kind: "text", value: "LATENT", default: "0", help: `Latent of the sample: ${LATENT_HELP}` },
  centre: {
    kind: "text",
    value: "x,y",
    default: "0,0",
    help: "Centre of the window: x from -1 (left) to 1, y from -1 (top) to 1",
  },
  width: {
    kind: "text",
    value: "W",
    default: "0.5",
    help: "Width of the window; a square image has width 2",
  },
  resolution: { kind: "integer", min: 2, max: 16384, default: PICTURE_ROWS, help: "Rows of the image" },
  frames: {
    kind: "integer",
    min: 1,
    max: 4096,
    default: 1,
    help: "Number of frames; if more than 1, an animation from the whole image to the window",
  },
  format: {
    kind: "choice",
    choices: ["apng", "frames"],
    default: "apng",
    help: "Format of an animation: an animated PNG, or a folder of PNG files",
  },
  out: {
    kind: "text",
    value: "FILE",
    defaultText: "samples/zoom.png or samples/zoom in the folder of the run",
    help: "Output file, or folder of frames",
  },
  ...FRAME_OPTIONS,
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

/** The command. */
export const zoomCommand: Command = defineCommand({
  name: "zoom",
  summary: "Show a window of an image sample at any resolution, or zoom into it.",
  positionals: [RUN],
  options: ZOOM_OPTIONS,
  examples: [
    "deno task zoom runs/digits-1 --centre -0.2,0.3 --width 0.4 --resolution 512",
    "deno task zoom runs/faces32-1 --sample 7:2 --centre 0,-0.1 --width 0.5 --frames 40 --out zoom.png",
  ],
  async run(values, [argument]) {
    const [x, y] = decimalsOf("centre", values.centre, "x,y") as [number, number];
    const [width] = decimalsOf("width", values.width, "W") as [number];
    if (!(width > 0)) throw new UsageError(`--width must be above 0; got "${values.width}"`);
    const { folder, checkpoint } = await openRun(argument, values),
      display = imageDisplayOf(checkpoint, "zoom");
    const latent = await latentOf("sample", values.sample, checkpoint.generator.latentDim);
    const { frames, format, rate, resolution } = values;
    const isFolder = frames > 1 && format === "frames";
    const out = values.out ?? `${folder}/samples/zoom${isFolder ? "" : ".png"}`;
    if (!isFolder) pngPath(out);
    requireZoom(display, frames, resolution);
    await withGenerator(checkpoint, values, async ({ sampler, weights, activity }) => {
      const pictures: RasterImage[] = [];
      for (const window of windowsBetween(wholeWindow(display), { centre: [x, y], width }, frames)) {
        pictures.push(await pictureOfWindow(sampler, weights, { latent, display, window, resolution }));
      }
      if (frames === 1) await writeBytes(out, encodePng(pictures[0]!));
      else await writeFrames(pictures, out, { format, rate, activity });
    }, frames * pointsOf(display, resolution));
    print(`${countOf(frames, "image")} of sample ${values.sample} around (${x}, ${y}): ${out}`);
    return 0;
  },
});

function requireZoom(display: ImageDisplay, frames: number, resolution: number): void {
  const pixels = (rows: number) => gridPoints(atResolution(display, rows));
  requirePictures(
    `a zoom of ${countOf(frames, "frame")} at a resolution of ${resolution}`,
    frames * pixels(resolution),
    [
      { name: "resolution", value: resolution, least: 2, pixels: (rows) => frames * pixels(rows) },
      { name: "frames", value: frames, pixels: (count) => count * pixels(resolution) },
    ],
  );
}

/** Arguments of {@link pictureOfWindow}. */
interface View {
  readonly latent: Float32Array;
  readonly display: ImageDisplay;
  readonly window: ViewWindow;
  readonly resolution: number;
}

async function pictureOfWindow(
  sampler: Sampler,
  weights: Tree,
  view: View,
): Promise<RasterImage> {
  const { display, coordinates } = windowGrid(view.display, view.window, view.resolution);
  return rasterFromValues(await sampler.sample(weights, view.latent, coordinates), display);
}
