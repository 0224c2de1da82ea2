/**
 * Configurations of the paper's experiments, from its appendix A.1 and the authors' configuration files.
 * @module
 */
import type { GaspConfig } from "./config.ts";
import type { LayerConfig, PointConvConfig } from "./discriminators/pointconv/config.ts";

/** Neighbours of a point in the plane, itself included: 3^d, the 3×3 block on a grid (section 5). */
const NEIGHBOURS = 9;

export const conv = (channels: number, points: number, neighbours = NEIGHBOURS): LayerConfig => ({
  kind: "conv",
  channels,
  points,
  neighbours,
});
export const pool = (points: number, neighbours = NEIGHBOURS): LayerConfig => ({
  kind: "pool",
  points,
  neighbours,
});

export const pointconv = (
  layers: readonly LayerConfig[],
  options: Omit<Partial<PointConvConfig>, "layers" | "kind"> = {},
): PointConvConfig => ({ kind: "pointconv", layers, norm: 2, ...options });

/** The paper's MNIST experiment (appendix A.1): 150 epochs of all 60,000 digits. */
export const mnist: GaspConfig = {
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
export const fromThousand = (channels: number, points = 1024): LayerConfig[] => [
  conv(channels, points),
  pool(256),
  conv(2 * channels, 256),
  pool(64),
  conv(4 * channels, 64),
  pool(16),
  conv(1, 1, 16),
];

/** The paper's CelebA-HQ 64 × 64 experiment (section 5.1, appendix A.1): 300 epochs of 30,000 faces. */
export const celebahq64: GaspConfig = {
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
export const celebahq128: GaspConfig = {
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
export const era5: GaspConfig = {
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
export const shapenetVoxels: GaspConfig = {
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
export const shapenetPoints: GaspConfig = {
  ...shapenetVoxels,
  preset: "shapenet-points",
  data: "shapenet-points",
  steps: 61_800,
  batchSize: 22,
  training: { ...mnist.training, generatorRate: 2e-5, discriminatorRate: 8e-5 },
};
