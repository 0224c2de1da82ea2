/**
 * SWD and MMD as metrics.
 *
 * @module
 */
import { bootstrap } from "../core/estimate.ts";
import { anyData, type Metric } from "../core/metric.ts";
import { valueFeatures } from "../features/values.ts";
import { gaussianMmd, kernelReference } from "../statistics/gaussian_mmd.ts";
import { slicedDistance } from "../statistics/sliced_wasserstein.ts";

const PROJECTIONS = 256;

/** SWD: the sliced 2-Wasserstein distance of the values, over 256 directions. */
export const swd: Metric = {
  name: "swd",
  summary: "Sliced Wasserstein distance of the values over 256 random directions",
  source: "Rabin et al. 2012, Wasserstein barycenter and its application to texture mixing",
  values: [{ name: "swd", direction: "lower" }],
  isDefault: true,
  unsuited: anyData,
  async prepare(reference, { open, seed, resamples }) {
    const space = await open(valueFeatures);
    const real = await reference.features(space);
    return {
      protocol: { projections: PROJECTIONS },
      async compare(candidate) {
        const { rows, dimensions } = await candidate.features(space);
        const { value, count, resampled } = slicedDistance(real.rows, rows, dimensions, {
          projections: PROJECTIONS,
        });
        return { swd: bootstrap({ value, count, resamples, seed, resampled }) };
      },
    };
  },
};

/** MMD²: the squared maximum mean discrepancy with a Gaussian kernel, in the chosen features. */
export const mmd: Metric = {
  name: "mmd",
  summary: "Squared maximum mean discrepancy with a Gaussian kernel of median width",
  source: "Gretton et al. 2012, A Kernel Two-Sample Test",
  values: [{ name: "mmd2", direction: "lower" }],
  isDefault: true,
  unsuited: anyData,
  async prepare(reference, { features, open, device }) {
    const space = await open(features);
    const kernel = await kernelReference(await reference.features(space), device);
    return {
      protocol: { features: space.name, bandwidth: kernel.bandwidth },
      async compare(candidate) {
        return { mmd2: await gaussianMmd(kernel, await candidate.features(space), device) };
      },
    };
  },
};
