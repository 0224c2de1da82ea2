/**
 * Complete configurations of GASP to start from. Those named after the paper's experiments follow its appendix A.1.
 * @module
 */
import type { GaspConfig } from "./config.ts";
import type { LayerConfig, PointConvConfig } from "./discriminators/pointconv/config.ts";

/** Neighbours of a point in the plane, itself included: 3^d, the 3×3 block on a grid (section 5). */
const NEIGHBOURS = 9;

const conv = (channels: number, points: number, neighbours = NEIGHBOURS): LayerConfig => ({
  kind: "conv",
  channels,
  points,
  neighbours,
});
const pool = (points: number, neighbours = NEIGHBOURS): LayerConfig => ({ kind: "pool", points, neighbours });

const pointconv = (
  layers: readonly LayerConfig[],
  options: Omit<Partial<PointConvConfig>, "layers" | "kind"> = {},
): PointConvConfig => ({ kind: "pointconv", layers, norm: 2, ...options });

/** The paper's MNIST experiment (appendix A.1): 150 epochs of all 60,000 digits. */
const mnist: GaspConfig = {
  method: "gasp",
  preset: "mnist",
  data: "mnist",
  resolution: 28,
  steps: 70_313,
  batchSize: 128,
  seed: 0,
  logEvery: 50,
  sampleEvery: 500,
  saveEvery: 500,
  keepCheckpoints: 2,
  keepEvery: null,
  sheet: { count: 64, resolution: 28 },
  model: {
    coordinateDim: 2,
    featureDim: 1,
    latentDim: 64,
    hyperHidden: [256, 512],
    functionHidden: [128, 128, 128],
    fourier: { count: 128, sigma: 1 },
    discriminator: pointconv([
      conv(64, 784),
      pool(196),
      conv(128, 196),
      pool(49),
      conv(256, 49),
      pool(12),
      conv(1, 1, 12),
    ]),
  },
  training: {
    generatorRate: 1e-4,
    discriminatorRate: 4e-4,
    r1Weight: 10,
    r1On: "probability",
    loss: "probability",
    emaDecay: null,
  },
};

/** Layers from about a thousand points in the plane or on the sphere to a single logit. */
const fromThousand = (channels: number, points = 1024): LayerConfig[] => [
  conv(channels, points),
  pool(256),
  conv(2 * channels, 256),
  pool(64),
  conv(4 * channels, 64),
  pool(16),
  conv(1, 1, 16),
];

/** The paper's CelebA-HQ 64 × 64 experiment (section 5.1, appendix A.1): 300 epochs of 30,000 faces. */
const celebahq64: GaspConfig = {
  ...mnist,
  preset: "celebahq64",
  data: "celebahq",
  resolution: 64,
  steps: 140_700,
  batchSize: 64,
  sheet: { count: 32, resolution: 64 },
  model: {
    ...mnist.model,
    featureDim: 3,
    fourier: { count: 128, sigma: 2 },
    discriminator: pointconv([conv(64, 4096), pool(1024), ...fromThousand(128)]),
  },
};

/** The paper's CelebA-HQ 128 × 128 experiment: 300 epochs, as in the authors' configuration; appendix A.1 states 70. */
const celebahq128: GaspConfig = {
  ...celebahq64,
  preset: "celebahq128",
  resolution: 128,
  steps: 409_200,
  batchSize: 22,
  sheet: { count: 16, resolution: 128 },
  model: {
    ...celebahq64.model,
    fourier: { count: 128, sigma: 3 },
    discriminator: pointconv([conv(64, 4096), conv(128, 4096), pool(1024), ...fromThousand(256)]),
  },
};

/**
 * The paper's ERA5 climate experiment (section 5.3): temperatures at 46 × 90 points of the sphere, 300 epochs of 8,510
 * fields. Coordinates are (x, y, z), as in section 5.3 and the authors' code; appendix A.1 states d = 2, which is the
 * dimension of the surface and determines the number of neighbours, nine.
 */
const era5: GaspConfig = {
  ...celebahq64,
  preset: "era5",
  data: "era5",
  resolution: 46,
  steps: 39_900,
  sheet: { count: 32, resolution: 46 },
  model: { ...celebahq64.model, coordinateDim: 3, featureDim: 1 },
};

/**
 * The paper's ShapeNet experiment (section 5.2): shapes of 32³ voxels, K = 4,096 of them per step, 200 epochs of 6,778
 * chairs. The batch size is that of the authors' configuration; appendix A.1 states 24. So is the first convolution, with 8
 * neighbours rather than 27.
 */
const shapenetVoxels: GaspConfig = {
  ...mnist,
  preset: "shapenet-voxels",
  data: "shapenet-voxels",
  resolution: 32,
  steps: 52_200,
  batchSize: 26,
  sheet: { count: 16, resolution: 32 },
  model: {
    ...mnist.model,
    coordinateDim: 3,
    fourier: null,
    discriminator: pointconv([
      conv(32, 4096, 8),
      conv(64, 4096, 27),
      pool(512, 27),
      conv(128, 512, 27),
      pool(64, 27),
      conv(256, 64, 27),
      pool(8, 27),
      conv(1, 1, 8),
    ]),
  },
  training: {
    ...mnist.training,
    generatorRate: 2e-5,
    discriminatorRate: 8e-5,
    subset: { count: 4096, choose: "uniform" },
  },
};

/**
 * Shapes as sets of points inside or outside, each item with its own points: 200 epochs of 6,778 chairs. The authors'
 * configuration uses the neighbours of the first item for all items (`same_coordinates`); here each item has its own.
 */
const shapenetPoints: GaspConfig = {
  ...shapenetVoxels,
  preset: "shapenet-points",
  data: "shapenet-points",
  steps: 61_800,
  batchSize: 22,
  training: { ...mnist.training, generatorRate: 2e-5, discriminatorRate: 8e-5 },
};

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
