/**
 * Complete configurations to start from.
 * @module
 */
import type { LayerConfig } from "./model_config.ts";
import type { RunConfig } from "./run_settings.ts";

/** Neighbours of a point in the plane, itself included: the 3×3 block on a grid. */
const NEIGHBOURS = 9;

const conv = (channels: number, points: number, neighbours = NEIGHBOURS): LayerConfig => ({
  kind: "conv",
  channels,
  points,
  neighbours,
});
const pool = (points: number): LayerConfig => ({ kind: "pool", points, neighbours: NEIGHBOURS });

/** Everything at the paper's values: 150 epochs of MNIST's 60,000 digits, if they are there. */
const mnist: RunConfig = {
  preset: "mnist",
  data: "mnist",
  resolution: 28,
  steps: 70_313,
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
    layers: [
      conv(64, 784),
      pool(196),
      conv(128, 196),
      pool(49),
      conv(256, 49),
      pool(12),
      conv(1, 1, 12),
    ],
    norm: 2,
  },
  training: {
    batch: 128,
    generatorRate: 1e-4,
    discriminatorRate: 4e-4,
    r1Weight: 10,
    r1On: "probability",
    loss: "probability",
    averageDecay: null,
  },
};

/** Readable digits in minutes on two cores: smaller networks, the penalty on logits, a moving average. */
const digits: RunConfig = {
  ...mnist,
  preset: "digits",
  resolution: 14,
  steps: 4500,
  logEvery: 20,
  sampleEvery: 500,
  saveEvery: 500,
  model: {
    ...mnist.model,
    hyperHidden: [64, 128],
    functionHidden: [64, 64],
    fourier: { count: 64, sigma: 1 },
    layers: [conv(32, 196), pool(49), conv(64, 49), pool(12), conv(1, 1, 12)],
  },
  training: {
    batch: 16,
    generatorRate: 5e-4,
    discriminatorRate: 1e-3,
    r1Weight: 2,
    r1On: "logit",
    loss: "logit",
    averageDecay: 0.99,
  },
};

/** For tests: every part, few numbers, seconds even on the reference interpreter. */
const tiny: RunConfig = {
  ...digits,
  preset: "tiny",
  resolution: 5,
  steps: 50,
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
    layers: [conv(4, 25), pool(6), conv(1, 1, 6)],
  },
  training: { ...digits.training, batch: 4 },
};

/** Name of a preset. */
export type PresetName = "digits" | "mnist" | "tiny";

const presets: Record<PresetName, RunConfig> = { digits, mnist, tiny };

/** Every preset by name; the first is the default. */
export const PRESETS: Readonly<Record<PresetName, RunConfig>> = presets;

/** Names of the presets, the default first. */
export const PRESET_NAMES: readonly PresetName[] = Object.keys(presets) as PresetName[];

/**
 * True if there is a preset of that name.
 *
 * @param name Any text.
 */
export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}
