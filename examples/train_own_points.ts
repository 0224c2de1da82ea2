/**
 * Trains on functions that are known at points of their own: waves around a circle, each measured by 24 stations that stand
 * elsewhere for every wave. What is learned is a distribution over functions of the whole circle; samples are evaluated at
 * 64 regular places, where nobody measured.
 *
 *     deno run -A examples/train_own_points.ts [STEPS]
 *
 * @module
 */
import { manifoldDataset } from "@gasp/datasets";
import { MemoryStore, openCheckpoint, resolveRunConfig } from "@gasp/gasp";
import { sampleLatents, Sampler, train } from "@gasp/gasp";
import { disposeTree, openDevice, randomUniform } from "@gasp/tensor";

const ITEMS = 512, STATIONS = 24, PLACES = 64, SAMPLES = 200;
const [steps = "600"] = Deno.args;

/** A wave of any phase, `0.8 · cos(angle - phase)`, at stations of its own. */
const coordinates = new Float32Array(ITEMS * STATIONS * 2), features = new Float32Array(ITEMS * STATIONS);
const random = randomUniform({ seed: 0, stream: "waves", step: 0 }, ITEMS * (STATIONS + 1), 0, 2 * Math.PI);
for (let i = 0; i < features.length; i++) {
  const angle = random[i]!, phase = random[ITEMS * STATIONS + Math.floor(i / STATIONS)]!;
  coordinates.set([Math.cos(angle), Math.sin(angle)], 2 * i);
  features[i] = 0.8 * Math.cos(angle - phase);
}
const data = manifoldDataset(
  new Map([
    ["coordinates", { shape: [ITEMS, STATIONS, 2], data: coordinates }],
    ["features", { shape: [ITEMS, STATIONS, 1], data: features }],
  ]),
  "waves",
  { ranges: [{ low: -1, high: 1 }] },
);

// A preset, and what is different here: how many points there are, and what the discriminator looks at.
const config = resolveRunConfig({
  preset: "digits",
  overrides: {
    data: data.name,
    steps: Number(steps),
    model: {
      fourier: null,
      discriminator: {
        featureNorm: "none",
        layers: [
          { kind: "conv", channels: 32, points: STATIONS, neighbours: 9 },
          { kind: "pool", points: 8, neighbours: 9 },
          { kind: "conv", channels: 1, points: 1, neighbours: 8 },
        ],
      },
    },
  },
});
// With openFileStore(folder) in place of memory, the run is one that `deno task sample --run` knows.
const device = await openDevice("wasm"), store = new MemoryStore();
await train({ config, data, device, store });

// From here on the files of the run are all that is needed.
const checkpoint = await openCheckpoint(store, config.steps);
const { generator, config: { seed } } = checkpoint, sampler = new Sampler(generator, device);
const weights = await checkpoint.readWeights("average");
const angles = Array.from({ length: PLACES }, (_, i) => 2 * Math.PI * i / PLACES);
const places = new Float32Array(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
const samples = await sampler.sample(weights, sampleLatents(seed, SAMPLES, generator.latentDim), places);

// How high the wave once around the circle is in each sample, and how much of all samples it is.
const heights = Array.from({ length: SAMPLES }, (_, i) => {
  const sample = samples.subarray(i * PLACES, (i + 1) * PLACES);
  const along = (wave: (angle: number) => number) =>
    2 / PLACES * sample.reduce((sum, value, place) => sum + value * wave(angles[place]!), 0);
  return Math.hypot(along(Math.cos), along(Math.sin));
});
const mean = heights.reduce((sum, height) => sum + height, 0) / SAMPLES;
const power = samples.reduce((sum, value) => sum + value ** 2, 0) / PLACES;
const part = heights.reduce((sum, height) => sum + height ** 2 / 2, 0) / power;
console.log(`mean height of the samples: ${mean.toFixed(2)}, of the data: 0.80`);
console.log(`part of their power that is such a wave: ${part.toFixed(2)}, of the data: 1.00`);
sampler.release();
disposeTree(weights);
await device.close();
