/**
 * How far samples of a run are from its data: `deno task distance RUN`. Prints one line of JSON.
 *
 * Both are compared at the points of the data: the Fréchet distance in the first 64 principal components of the data over
 * their variance (PCA-FD), and the sliced Wasserstein distance (SWD). `floor` is what as many other items of the data score.
 * For fields on the sphere also `seam`: jumps between neighbours across the meridian of 0° and elsewhere, as features.
 *
 * @module
 */
import { messageOf, sampleLatents, UserError } from "@gasp/gasp";
import { pcaFrechetDistance, principalComponents, seamJumps, slicedWasserstein } from "@gasp/gasp/metrics";
import { permutation } from "@gasp/tensor";
import { parseArgs } from "@std/cli/parse-args";
import { openData } from "../apps/cli/data.ts";
import { openRun, withGenerator } from "../apps/cli/explore.ts";

const COMPONENTS = 64;
const REAL = 1000;

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], { string: ["count", "data"], default: { count: "500" } });
  const [run] = options._, count = Number(options.count);
  if (run === undefined || !Number.isSafeInteger(count) || count < 2) {
    throw new UserError("deno task distance RUN [--count N] [--data DATA]: give the folder of a run");
  }
  const checkpoint = await openRun(String(run), undefined);
  const { config, step } = checkpoint;
  const { dataset } = await openData(options.data ?? config.data, { resolution: config.resolution });
  if (dataset.batchCoordinates) {
    throw new UserError(
      `the items of "${dataset.name}" have points of their own, so values cannot be compared`,
    );
  }
  const order = permutation({ seed: 1, stream: "distance", step: 0 }, dataset.items);
  const half = Math.min(REAL, Math.floor(dataset.items / 2));
  const real = await dataset.batch(order.subarray(0, half));
  const others = await dataset.batch(order.subarray(half, Math.min(dataset.items, half + count)));

  const choice = { step: undefined, weights: "average", device: "wasm", threads: undefined };
  const samples = await withGenerator(checkpoint, choice, ({ sampler, weights }) => {
    const latents = sampleLatents(0, count, config.model.latentDim);
    return sampler.sample(weights, latents, dataset.coordinates);
  });

  const size = dataset.pointCount * dataset.featureDim;
  const basis = principalComponents(real, size, COMPONENTS);
  const distances = (values: Float32Array) => ({
    pcaFd: pcaFrechetDistance(basis, values),
    swd: slicedWasserstein(real, values, size),
  });
  const moments = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
  };
  const { display } = dataset;
  console.log(JSON.stringify({
    step,
    ...distances(samples),
    floor: distances(others),
    samples: moments(samples),
    data: moments(real),
    ...(display.kind === "sphere" && {
      seam: {
        samples: seamJumps(samples, display.latitudes, display.longitudes),
        data: seamJumps(real, display.latitudes, display.longitudes),
      },
    }),
  }));
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`error: ${messageOf(error)}`);
    Deno.exit(1);
  }
}
