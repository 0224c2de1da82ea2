/**
 * Writes the example files of `examples/data`, all of them our own work except the digit, which is of MNIST: drawn landscapes,
 * temperatures on the sphere, a digit, and a small generator in the format of the authors' code.
 *
 * Run it with `deno task run tools/example_files.ts [FOLDER]`; the generator is trained for about a minute.
 *
 * @module
 */
import { mnistPackage, mnistPackageImages } from "@gasp/datasets";
import {
  asGasp,
  encodePng,
  generatorOf,
  MemoryStore,
  openNewestCheckpoint,
  resolveRunConfig,
  train,
} from "@gasp/gasp";
import { generatorFile } from "@gasp/gasp/import";
import { openDevice, parseSafetensors, randomUniform, toFloat32 } from "@gasp/tensor";
import { released } from "../packages/gasp/import/released_testing.ts";
import { encodeSphere } from "../packages/gasp/show/sphere/sphere_netcdf.ts";

const PHOTOS = 32, SIZE = 64;
const FIELDS = 32, LATITUDES = 23, LONGITUDES = 45;
const DIGIT = 7;

/** Uniform numbers in [0, 1) that depend on a name and an index only. */
function numbers(stream: string, step: number, count: number): number[] {
  return [...randomUniform({ seed: 0, stream, step }, count, 0, 1)];
}

/** Draws a landscape: a sky with a sun, and three ranges of hills. */
export function landscape(index: number): Uint8Array {
  const [hue = 0, sunX = 0, sunY = 0, ...shape] = numbers("landscape", index, 12);
  const pixels = new Uint8Array(3 * SIZE * SIZE);
  const sky = [90 + 130 * hue, 140 + 40 * hue, 230 - 110 * hue];
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const x = column / SIZE, y = row / SIZE;
      let colour = sky.map((value) => value * (0.6 + 0.5 * y));
      if (Math.hypot(x - sunX, y - 0.5 * sunY) < 0.09) colour = [255, 235, 170];
      for (let range = 0; range < 3; range++) {
        const [height = 0, phase = 0, width = 0] = shape.slice(3 * range);
        const crest = 0.45 + 0.17 * range -
          0.12 * height * Math.sin(2 * Math.PI * (phase + (1 + 2 * width) * x));
        if (y > crest) colour = [30 + 35 * range + 40 * hue, 60 + 30 * range, 50 + 10 * range];
      }
      pixels.set(
        colour.map((value) => Math.max(0, Math.min(255, Math.round(value)))),
        3 * (row * SIZE + column),
      );
    }
  }
  return encodePng({ height: SIZE, width: SIZE, channels: 3, pixels });
}

/** Temperatures: cold poles, the warm zone that moves with the seasons, and waves. */
export function temperatures(): Uint8Array {
  const values = new Float32Array(FIELDS * LATITUDES * LONGITUDES);
  for (let field = 0, at = 0; field < FIELDS; field++) {
    const season = 2 * Math.PI * field / FIELDS, [a = 0, b = 0, c = 0] = numbers("weather", field, 3);
    for (let row = 0; row < LATITUDES; row++) {
      const latitude = Math.PI * (0.5 - row / (LATITUDES - 1)), sine = Math.sin(latitude);
      for (let column = 0; column < LONGITUDES; column++) {
        const longitude = 2 * Math.PI * column / LONGITUDES, cosine = Math.cos(latitude);
        const waves = Math.cos(2 * longitude + 6 * a) + Math.cos(3 * longitude - 6 * b) * sine + c;
        values[at++] = 0.6 - 1.3 * sine ** 2 + 0.25 * sine * Math.cos(season) + 0.12 * cosine ** 2 * waves;
      }
    }
  }
  const scale = { low: 233, high: 313, units: "K", quantity: "t2m" };
  return encodeSphere(values, { kind: "sphere", latitudes: LATITUDES, longitudes: LONGITUDES, scale });
}

/** A digit of 28 × 28 pixels. */
export async function digit(): Promise<Uint8Array> {
  const { pixels } = await mnistPackageImages();
  const size = 28 * 28, one = pixels.slice(DIGIT * size, (DIGIT + 1) * size);
  return encodePng({ height: 28, width: 28, channels: 1, pixels: one });
}

/** Sizes of the networks of `model.pt`. */
const SIZES = { latentDim: 24, hyperHidden: [24, 24], functionHidden: [32, 32], frequencies: 24 } as const;

/** A small generator of digits, trained for a minute. */
async function model(): Promise<Uint8Array> {
  const { latentDim, hyperHidden, functionHidden, frequencies } = SIZES;
  const digits = asGasp(resolveRunConfig({ preset: "digits" }));
  const config = {
    ...digits,
    steps: 3000,
    sampleEvery: 3000,
    saveEvery: 3000,
    model: {
      ...digits.model,
      latentDim,
      hyperHidden,
      functionHidden,
      fourier: { count: frequencies, sigma: 1 },
    },
  };
  const device = await openDevice("wasm"), store = new MemoryStore();
  try {
    await train({ config, data: await mnistPackage(config.resolution), device, store });
  } finally {
    await device.close();
  }
  const checkpoint = (await openNewestCheckpoint(store))!;
  const parts = await Array.fromAsync(
    generatorFile(checkpoint, await checkpoint.readWeights("ema"), "ema"),
  );
  const { tensors } = parseSafetensors(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
  const values = new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor)]));
  const { coordinateDim, featureDim } = generatorOf(checkpoint.config);
  return released({ ...SIZES, coordinateDim, featureDim, values }).bytes;
}

if (import.meta.main) {
  const [folder = "examples/data"] = Deno.args;
  await Deno.mkdir(`${folder}/photos`, { recursive: true });
  for (let i = 0; i < PHOTOS; i++) {
    await Deno.writeFile(`${folder}/photos/${String(i).padStart(2, "0")}.png`, landscape(i));
  }
  await Deno.writeFile(`${folder}/t2m.nc`, temperatures());
  await Deno.writeFile(`${folder}/digit.png`, await digit());
  await Deno.writeFile(`${folder}/model.pt`, await model());
}
