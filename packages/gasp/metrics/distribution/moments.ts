/**
 * Metrics of any data that compare means and covariances.
 *
 * @module
 */
import { bootstrap, type Estimate } from "../core/estimate.ts";
import type { Features } from "../core/features.ts";
import { anyData, type Metric } from "../core/metric.ts";
import { principalFeatures } from "../features/values.ts";
import { momentsOf } from "../statistics/covariance.ts";
import { relativeFrechetDistance } from "../statistics/pca_frechet_distance.ts";

/** PCA-FD: the Fréchet distance in the first 64 principal components of the reference, over its variance there. */
export const pcaFd: Metric = {
  name: "pca-fd",
  summary: "Fréchet distance in the first 64 principal components of real items, over their variance",
  source: "Dowson & Landau 1982, in principal components; after Heusel et al. 2017 (FID)",
  values: [{ name: "pca-fd", direction: "lower" }],
  isDefault: true,
  unsuited: anyData,
  async prepare(_reference, { open, seed, resamples }) {
    const space = await open(principalFeatures) as Awaited<ReturnType<typeof principalFeatures>>;
    const { variances } = space.basis;
    return {
      protocol: space.protocol,
      async compare(candidate) {
        const features = await candidate.features(space), { count } = features;
        const distance = (rows: Float64Array) =>
          relativeFrechetDistance(variances, momentsOf(rows, variances.length));
        const value = distance(features.rows as Float64Array);
        const estimate: Estimate = bootstrap({
          value,
          count,
          resamples,
          seed,
          resampled: (picks) => distance(picked(features, picks)),
        });
        return { "pca-fd": estimate };
      },
    };
  },
};

/** Copies some feature vectors. */
function picked({ rows, dimensions }: Features, picks: Uint32Array): Float64Array {
  const result = new Float64Array(picks.length * dimensions);
  picks.forEach((pick, row) =>
    result.set(rows.subarray(pick * dimensions, (pick + 1) * dimensions), row * dimensions)
  );
  return result;
}
