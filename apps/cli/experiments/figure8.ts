/**
 * Figure 8: memory and time of a discriminator step.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { markdownTable } from "@gasp/gasp/compare";
import { isKernelDevice } from "@gasp/tensor";
import { benchMemory } from "../bench/memory.ts";
import { type ConvMemory, convMemory } from "./conv_memory.ts";
import type { Experiment } from "./experiment.ts";
import { linePlot } from "./line_plot.ts";
import type { Scale } from "./settings.ts";

const MEBIBYTE = 2 ** 20;

/** Numbers of points and of voxels; `subset` are the points of a shape that GASP reads per step (section 5.2). */
const SIZES = {
  paper: {
    points: [2048, 4096, 8192, 16_384, 32_768],
    resolutions: [16, 32, 48, 64, 96, 128],
    batch: 8,
    subset: 4096,
  },
  laptop: {
    points: [2048, 4096, 8192, 16_384, 32_768],
    resolutions: [16, 32, 48, 64, 96, 128],
    batch: 4,
    subset: 4096,
  },
  tiny: { points: [512, 1024], resolutions: [16, 18], batch: 2, subset: 1024 },
} as const satisfies Record<Scale, object>;

const LOGARITHMIC = { xType: "log", yType: "log" } as const;

/** The experiment. */
export const figure8: Experiment = {
  name: "figure8",
  caption:
    "Memory and time of the discriminator's half of a step on voxels. The memory of GASP is linear in the number of points K, " +
    "whatever the resolution. A convolution reads all voxels: its memory is cubic in the resolution. Both discriminators have 32 to " +
    "256 channels; both halves generate their batch and include the R1 penalty, but not Adam's update.",
  subjects: () => [],
  async run({ device, scale, text, part, progress }) {
    if (!isKernelDevice(device)) {
      throw new UserError("the reference interpreter cannot be measured: use another --device");
    }
    const { points, resolutions, batch, subset } = SIZES[scale];
    part("measuring GASP");
    const { series, largestDeviation, fit } = await benchMemory(device, progress, { points, batch });
    const convs: ConvMemory[] = [];
    for (const resolution of resolutions) {
      part(`measuring convolutions at ${resolution}³`);
      convs.push(await convMemory(device, resolution, batch));
    }
    const title = `${device.info.name}, batch ${batch}`, memory = "peak memory of a discriminator step, MiB";
    const time = "seconds of a discriminator step";
    const byPoints = (of: "peakBytes" | "seconds", unit: number) => [
      { name: "GASP", points: series.map((row) => [row.points, row[of] / unit] as const) },
      { name: "convolution (all voxels)", points: convs.map((row) => [row.voxels, row[of] / unit] as const) },
    ];
    await text(
      "memory.svg",
      await linePlot({
        title,
        x: "points K",
        y: memory,
        ...LOGARITHMIC,
        lines: byPoints("peakBytes", MEBIBYTE),
      }),
    );
    await text(
      "time.svg",
      await linePlot({ title, x: "points K", y: time, ...LOGARITHMIC, lines: byPoints("seconds", 1) }),
    );
    const ofSubset = series.find((row) => row.points === subset)!;
    const byResolution = (of: "peakBytes" | "seconds", unit: number) => [
      {
        name: `GASP, K = ${subset}`,
        points: convs.filter(({ voxels }) => voxels >= subset).map(({ resolution }) =>
          [resolution, ofSubset[of] / unit] as const
        ),
      },
      { name: "convolution", points: convs.map((row) => [row.resolution, row[of] / unit] as const) },
    ];
    const x = "voxels along an axis";
    await text(
      "memory-by-resolution.svg",
      await linePlot({ title, x, y: memory, lines: byResolution("peakBytes", MEBIBYTE) }),
    );
    await text(
      "time-by-resolution.svg",
      await linePlot({ title, x, y: time, lines: byResolution("seconds", 1) }),
    );
    const mebibytes = (bytes: number) => (bytes / MEBIBYTE).toFixed(1);
    return [
      ...markdownTable([
        ["discriminator", "points", "peak memory, MiB", "seconds"],
        ...series.map((
          { points, peakBytes, seconds },
        ) => ["GASP", `${points}`, mebibytes(peakBytes), seconds.toFixed(3)]),
        ...convs.map(({ resolution, voxels, peakBytes, seconds }) => [
          "convolution",
          `${voxels} = ${resolution}³`,
          mebibytes(peakBytes),
          seconds.toFixed(3),
        ]),
      ]),
      "",
      `GASP's peaks deviate by at most ${(100 * largestDeviation).toFixed(1)} % from the line ` +
      `${mebibytes(fit.bytes)} MiB + ${(fit.bytesPerPoint / 1024).toFixed(2)} KiB · K.`,
    ].join("\n");
  },
};
