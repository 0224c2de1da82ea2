/**
 * Complete configurations of GASP to start from: those of the paper's experiments, and smaller ones.
 * @module
 */
import type { GaspConfig } from "./config.ts";
import {
  celebahq128,
  celebahq64,
  conv,
  era5,
  fromThousand,
  mnist,
  pointconv,
  pool,
  shapenetPoints,
  shapenetVoxels,
} from "./paper_presets.ts";

/** Legible digits within minutes on two cores: smaller networks, the R1 penalty on logits, a moving average. */
const digits: GaspConfig = {
  ...mnist,
  preset: "digits",
  resolution: 14,
  steps: 4500,
  batchSize: 16,
  logEvery: 20,
  sampleEvery: 500,
  saveEvery: 500,
  model: {
    ...mnist.model,
    hyperHidden: [64, 128],
    functionHidden: [64, 64],
    fourier: { count: 64, sigma: 1 },
    discriminator: pointconv([conv(32, 196), pool(49), conv(64, 49), pool(12), conv(1, 1, 12)]),
  },
  training: {
    generatorRate: 5e-4,
    discriminatorRate: 1e-3,
    r1Weight: 2,
    r1On: "logit",
    loss: "logit",
    emaDecay: 0.99,
  },
};

/** Faces with hair, skin and clothes within minutes on two cores. */
const faces32: GaspConfig = {
  ...digits,
  preset: "faces32",
  data: "faces",
  resolution: 32,
  steps: 6000,
  sheet: { count: 64, resolution: 64 },
  model: {
    ...digits.model,
    featureDim: 3,
    discriminator: pointconv(fromThousand(16), { featureNorm: "none" }),
  },
  training: { ...digits.training, emaDecay: 0.999, r1Weight: 1 },
};

/**
 * Own photographs, cut to squares of 32 × 32: colours, textures and simple forms within half an hour on two cores. A deeper
 * function network and a wider discriminator than those of the drawn faces. Needs a folder of pictures (`--data`).
 */
const photos32: GaspConfig = {
  ...faces32,
  preset: "photos32",
  data: "photos",
  steps: 8000,
  model: {
    ...faces32.model,
    functionHidden: [64, 64, 64],
    discriminator: pointconv(fromThousand(24), { featureNorm: "none" }),
  },
};

/**
 * Chairs of 16³ points, 1,024 of them per step: seats, backs and, under most, legs, runners or discs. The discriminator reads
 * the positions of points; without them, parts end up in wrong places and all chairs look alike. A slow moving average
 * preserves thin parts, which shift from step to step.
 */
const chairs16: GaspConfig = {
  ...digits,
  preset: "chairs16",
  data: "chairs",
  resolution: 16,
  steps: 7500,
  sheet: { count: 16, resolution: 32 },
  model: {
    ...digits.model,
    coordinateDim: 3,
    functionHidden: [64, 64, 64],
    fourier: null,
    discriminator: pointconv([
      conv(16, 1024, 27),
      pool(128, 27),
      conv(32, 128, 27),
      pool(16, 27),
      conv(64, 16, 16),
      conv(1, 1, 16),
    ], { featureNorm: "none", positions: true }),
  },
  training: {
    ...digits.training,
    emaDecay: 0.999,
    r1Weight: 1,
    subset: { count: 1024, choose: "uniform" },
  },
};

/** Temperatures at 23 × 45 points of the sphere: zones, seasons, land and sea. Needs a file of fields (`--data`). */
const climate: GaspConfig = {
  ...digits,
  preset: "climate",
  data: "era5",
  resolution: 23,
  steps: 4000,
  sheet: { count: 16, resolution: 46 },
  model: {
    ...digits.model,
    coordinateDim: 3,
    fourier: { count: 64, sigma: 0.5 },
    discriminator: pointconv(fromThousand(16, 1035), { featureNorm: "none" }),
  },
  training: { ...digits.training, emaDecay: 0.999, r1Weight: 0.2 },
};

/** A tenth of a second of sound and the like: functions of time of 1,024 samples. Needs files of sounds (`--data`). */
const sounds: GaspConfig = {
  ...digits,
  preset: "sounds",
  data: "sounds",
  resolution: 1024,
  steps: 6000,
  sheet: { count: 16, resolution: 1024 },
  model: {
    ...digits.model,
    coordinateDim: 1,
    fourier: { count: 64, sigma: 20 },
    discriminator: pointconv(fromThousand(16), { featureNorm: "none" }),
  },
  training: { ...digits.training, emaDecay: 0.999, r1Weight: 1 },
};

/**
 * Values at arbitrary points, 256 of which at a time: fields with gaps, stations, your own manifold. Needs a file of
 * points (`--data`), whose dimensions it takes.
 */
const points: GaspConfig = {
  ...digits,
  preset: "points",
  data: "points",
  steps: 6000,
  model: {
    ...digits.model,
    coordinateDim: 3,
    discriminator: pointconv([conv(32, 256), pool(64), conv(64, 64), pool(16), conv(1, 1, 16)], {
      featureNorm: "none",
      positions: true,
    }),
  },
  training: {
    ...digits.training,
    emaDecay: 0.999,
    r1Weight: 1,
    subset: { count: 256, choose: "uniform" },
  },
};

/** For tests: every component, tiny sizes, seconds even on the reference interpreter. */
const tiny: GaspConfig = {
  ...digits,
  preset: "tiny",
  resolution: 5,
  steps: 50,
  batchSize: 4,
  logEvery: 5,
  sampleEvery: 25,
  saveEvery: 25,
  sheet: { count: 4, resolution: 8 },
  model: {
    ...digits.model,
    latentDim: 4,
    hyperHidden: [8],
    functionHidden: [8],
    fourier: { count: 4, sigma: 1 },
    discriminator: pointconv([conv(4, 25), pool(6), conv(1, 1, 6)]),
  },
};

/**
 * Name of a preset of GASP.
 *
 * @category Training methods
 */
export type GaspPresetName =
  | "digits"
  | "faces32"
  | "photos32"
  | "chairs16"
  | "climate"
  | "sounds"
  | "points"
  | "mnist"
  | "celebahq64"
  | "celebahq128"
  | "era5"
  | "shapenet-voxels"
  | "shapenet-points"
  | "tiny";

/**
 * Presets of GASP by name; the first is the default.
 *
 * @category Training methods
 */
export const GASP_PRESETS: Readonly<Record<GaspPresetName, GaspConfig>> = {
  digits,
  faces32,
  photos32,
  chairs16,
  climate,
  sounds,
  points,
  mnist,
  celebahq64,
  celebahq128,
  era5,
  "shapenet-voxels": shapenetVoxels,
  "shapenet-points": shapenetPoints,
  tiny,
};
