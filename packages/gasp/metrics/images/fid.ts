/**
 * FID and KID proper: with the features of the standard Inception network, whose weights the user supplies.
 *
 * @module
 */
import { UserError } from "../../config/user_error.ts";
import { bootstrap } from "../core/estimate.ts";
import type { Features, FeatureSpace } from "../core/features.ts";
import type { Domain } from "../core/items.ts";
import type { Metric, MetricContext } from "../core/metric.ts";
import { type MeanAndCovariance, momentsOf } from "../statistics/covariance.ts";
import { frechetDistance } from "../statistics/frechet_distance.ts";
import { kernelDistance, KID_SUBSET } from "../statistics/kernel_distance.ts";

const pictures = ({ display }: Domain) => display.kind === "image" ? undefined : "pictures";

function openInception({ inception, open }: MetricContext): Promise<FeatureSpace> {
  if (inception) return open(inception);
  throw new UserError("FID and KID need the weights of the Inception network: pass --inception FILE");
}

/** Dimension from which on an interval is computed from few resamples, each of which takes seconds. */
const LARGE = 256;
/** Number of resamples then. */
const FEW = 8;

/** FID: the Fréchet distance of Inception features. */
export const fid: Metric = {
  name: "fid",
  summary: "Fréchet Inception distance; needs --inception FILE",
  source: "Heusel et al. 2017, GANs Trained by a Two Time-Scale Update Rule",
  values: [{ name: "fid", direction: "lower" }],
  isDefault: false,
  unsuited: pictures,
  async prepare(reference, context) {
    const space = await openInception(context);
    const features = await reference.features(space), real = momentsOf(features.rows, features.dimensions);
    const resamples = features.dimensions > LARGE ? Math.min(FEW, context.resamples) : context.resamples;
    return {
      protocol: { ...space.protocol, realPictures: features.count, resamples },
      async compare(candidate) {
        const features = await candidate.features(space), { count } = features;
        const distance = (picks?: Uint32Array) => frechetDistance(moments(features, picks), real);
        return {
          fid: bootstrap({ value: distance(), count, resamples, seed: context.seed, resampled: distance }),
        };
      },
    };
  },
};

function moments({ rows, dimensions }: Features, picks?: Uint32Array): MeanAndCovariance {
  if (!picks) return momentsOf(rows, dimensions);
  const chosen = new Float32Array(picks.length * dimensions);
  picks.forEach((pick, row) =>
    chosen.set(rows.subarray(pick * dimensions, (pick + 1) * dimensions), row * dimensions)
  );
  return momentsOf(chosen, dimensions);
}

/** Number of subsets. */
const SUBSETS = 100;

/** KID: the squared MMD of Inception features with a cubic kernel. */
export const kid: Metric = {
  name: "kid",
  summary: "Kernel Inception distance; needs --inception FILE",
  source: "Bińkowski et al. 2018, Demystifying MMD GANs",
  values: [{ name: "kid", direction: "lower" }],
  isDefault: false,
  unsuited: pictures,
  async prepare(reference, context) {
    const space = await openInception(context), real = await reference.features(space);
    return {
      protocol: {
        ...space.protocol,
        realPictures: real.count,
        subsets: SUBSETS,
        subsetSize: `${KID_SUBSET}, or all if fewer`,
      },
      async compare(candidate) {
        const { device, seed } = context;
        const options = { subsets: SUBSETS, seed, device };
        return { kid: await kernelDistance(real, await candidate.features(space), options) };
      },
    };
  },
};
