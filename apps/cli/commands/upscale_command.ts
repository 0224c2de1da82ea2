/**
 * `upscale`: shows samples at several resolutions, beside bicubic interpolation (figure 6 of the paper).
 * @module
 */
import { encodePng, sampleLatents } from "@gasp/gasp";
import { requireUpscale, upscaleSheet } from "@gasp/gasp/explore";
import { type Command, defineCommand } from "../command/command.ts";
import { countOf } from "../device/device.ts";
import { GENERATOR_OPTIONS, imageDisplayOf, pointsOf, withGenerator } from "./explore.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { print } from "../terminal/output.ts";

const LARGEST = 64;

const UPSCALE_OPTIONS = {
  count: { kind: "integer", min: 1, max: 64, default: 8, help: "Number of samples" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "Random seed" },
  factors: { kind: "text", value: "N,N,...", default: "2,4", help: "Superresolution factors, whole numbers" },
  out: {
    kind: "text",
    value: "FILE.png",
    defaultText: "samples/upscale.png in the folder of the run",
    help: "Output file",
  },
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

/** The command. */
export const upscaleCommand: Command = defineCommand({
  name: "upscale",
  summary: "Show image samples at several resolutions, beside bicubic interpolation.",
  positionals: [RUN],
  options: UPSCALE_OPTIONS,
  examples: ["deno task upscale runs/digits-1", "deno task upscale runs/faces32-1 --factors 2,8 --count 4"],
  async run(values, [argument]) {
    const factors = factorsOf(values.factors);
    const { folder, checkpoint } = await openRun(argument, values);
    const display = imageDisplayOf(checkpoint, "upscale");
    const latents = sampleLatents(values.seed, values.count, checkpoint.generator.latentDim);
    const out = pngPath(values.out ?? `${folder}/samples/upscale.png`);
    requireUpscale(display, factors, values.count);
    const evaluations = [1, ...factors].reduce(
      (sum, factor) => sum + values.count * pointsOf(display, factor * display.height),
      0,
    );
    await withGenerator(checkpoint, values, async ({ sampler, weights }) => {
      const sheet = await upscaleSheet({ sampler, weights, latents, display, factors });
      await writeBytes(out, encodePng(sheet));
    }, evaluations);
    print(
      `${countOf(values.count, "sample")} at ${[1, ...factors].join(", ")} times ${display.height}: ${out}`,
    );
    return 0;
  },
});

function factorsOf(text: string): number[] {
  const factors = text.split(",").map(Number);
  if (factors.every((factor) => Number.isInteger(factor) && factor >= 2 && factor <= LARGEST)) return factors;
  throw new UsageError(
    `--factors must be whole numbers from 2 to ${LARGEST}, separated by commas; got "${text}"`,
  );
}
