/**
 * Metrics of the mean over the items of a set of a profile: a power spectrum, a histogram, zonal means.
 *
 * @module
 */
import type { OpenFeatures } from "../core/features.ts";
import type { Domain } from "../core/items.ts";
import type { Direction, Metric } from "../core/metric.ts";
import { meanProfile, profileEstimate } from "./mean_profile.ts";

/** What distinguishes a metric of mean profiles from others. */
export interface ProfileMetric extends Pick<Metric, "name" | "summary" | "source" | "unsuited"> {
  /** Which values are better. Default: `lower`. */
  readonly direction?: Direction;
  /** Opens the space of profiles. */
  readonly open: OpenFeatures;
  /** Returns the unit of the values. Default: none. */
  unit?(domain: Domain): string;
  /**
   * Returns the function from the mean profile of a set to its value.
   *
   * @param real Mean profile of the reference.
   * @param domain Points and display of the items.
   */
  value(real: Float64Array, domain: Domain): (profile: Float64Array) => number;
}

/**
 * Builds a metric with one value, of the name of the metric, which is computed by default.
 *
 * @param definition Profiles and their value.
 */
export function profileMetric(
  { direction = "lower", open, unit, value, ...described }: ProfileMetric,
): Metric {
  const { name } = described;
  return {
    ...described,
    values: [{ name, direction }],
    isDefault: true,
    async prepare(reference, context) {
      const space = await context.open(open), { domain } = context;
      const ofProfile = value(meanProfile(await reference.features(space)), domain);
      return {
        protocol: { ...space.protocol, ...(unit && { unit: unit(domain) }) },
        compare: async (candidate) => ({
          [name]: profileEstimate(await candidate.features(space), ofProfile, context),
        }),
      };
    },
  };
}
