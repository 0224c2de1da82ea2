/**
 * Trains on functions that are each sampled at their own points: waves around a circle, each measured by 24 stations at
 * random positions. The model learns a distribution over functions on the whole circle; its samples are evaluated at 64
 * regular points, which no station shares.
 *
 *     deno run -A examples/train_own_points.ts [STEPS]
 *
 * @module
 */
import { manifoldDataset } from "@gasp/datasets";
import { MemoryStore, openCheckpoint, resolveRunConfig } from "@gasp/gasp";
import { sampleLatents, Sampler, train } from "@gasp/gasp";
import { disposeTree, openDevice, randomUniform } from "@gasp/tensor";

const ITEMS = 512, STATIONS = 24, POINTS = 64, SAMPLES = 200;
const [steps = "600"] = Deno.args;

/** Waves `0.8 · cos(angle - phase)` of random phase, each with its own stations. */
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

// A preset with another discriminator, since the number of points differs.
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
// With openFileStore(folder) instead of a memory store, `deno task sample FOLDER` can sample the run.
const device = await openDevice("wasm"), store = new MemoryStore();
await train({ config, data, device, store });

// From here on, only the files of the run are needed.
const checkpoint = await openCheckpoint(store, config.steps);
const { generator, config: { seed } } = checkpoint, sampler = new Sampler(generator, device);
const weights = await checkpoint.readWeights("ema");
const angles = Array.from({ length: POINTS }, (_, i) => 2 * Math.PI * i / POINTS);
const points = new Float32Array(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
const samples = await sampler.sample(weights, sampleLatents(seed, SAMPLES, generator.latentDim), points);

// The amplitude of the first Fourier mode of each sample, and its share of the power of all samples.
const amplitudes = Array.from({ length: SAMPLES }, (_, i) => {
  const sample = samples.subarray(i * POINTS, (i + 1) * POINTS);
  const coefficient = (wave: (angle: number) => number) =>
    2 / POINTS * sample.reduce((sum, value, point) => sum + value * wave(angles[point]!), 0);
  return Math.hypot(coefficient(Math.cos), coefficient(Math.sin));
});
const mean = amplitudes.reduce((sum, amplitude) => sum + amplitude, 0) / SAMPLES;
const power = samples.reduce((sum, value) => sum + value ** 2, 0) / POINTS;
const share = amplitudes.reduce((sum, amplitude) => sum + amplitude ** 2 / 2, 0) / power;
console.log(`mean amplitude of the samples: ${mean.toFixed(2)}, of the data: 0.80`);
console.log(`share of the first mode in their power: ${share.toFixed(2)}, of the data: 1.00`);
sampler.release();
disposeTree(weights);
await device.close();
