/**
 * The table of metrics.
 *
 * @module
 */
import { UserError } from "../config/user_error.ts";
import type { OpenFeatures } from "./core/features.ts";
import type { Domain } from "./core/items.ts";
import { classes } from "./classifier/class_metric.ts";
import type { Metric } from "./core/metric.ts";
import { manifold } from "./distribution/manifold.ts";
import { pcaFd } from "./distribution/moments.ts";
import { mmd, swd } from "./distribution/transport.ts";
import { principalFeatures, valueFeatures } from "./features/values.ts";
import { fid, kid } from "./images/fid.ts";
import { spectral } from "./images/radial_spectrum.ts";
import { parts, shapes } from "./shapes/shape_metrics.ts";
import { angular, marginal, seam, zonal } from "./sphere/field_metrics.ts";

/**
 * All metrics.
 *
 * @category Metrics
 */
export const METRICS: readonly Metric[] = [
  pcaFd,
  swd,
  mmd,
  manifold,
  spectral,
  classes,
  fid,
  kid,
  parts,
  shapes,
  zonal,
  angular,
  marginal,
  seam,
];

/**
 * Feature spaces that need nothing but the data, by name; the first is the default.
 *
 * @category Metrics
 */
export const FEATURE_SPACES: Readonly<Record<string, OpenFeatures>> = {
  principal: principalFeatures,
  values: valueFeatures,
};

/**
 * Chooses metrics by name: that of a metric, or of one of its values.
 *
 * @param names Names; undefined: all that are computed by default and apply to the data.
 * @param domain Points and display of the data.
 * @param metrics Metrics to choose from; default: {@linkcode METRICS}.
 * @throws {UserError} If there is no such metric, or it does not apply to the data.
 *
 * @example
 * ```ts
 * import { chooseMetrics } from "@gasp/gasp/metrics";
 * import { mnistPackage } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const chosen = chooseMetrics(["recall", "swd"], await mnistPackage(8));
 * assertEquals(chosen.map(({ name }) => name), ["swd", "manifold"]);
 * ```
 *
 * @category Metrics
 */
export function chooseMetrics(
  names: readonly string[] | undefined,
  domain: Domain,
  metrics: readonly Metric[] = METRICS,
): Metric[] {
  if (names === undefined) {
    return metrics.filter((metric) => metric.isDefault && metric.unsuited(domain) === undefined);
  }
  const isNamed = ({ name, values }: Metric, word: string) =>
    name === word || values.some((value) => value.name === word);
  for (const word of names) {
    const metric = metrics.find((metric) => isNamed(metric, word));
    if (!metric) {
      throw new UserError(
        `there is no metric "${word}": the metrics are ${metrics.map(({ name }) => name).join(", ")}`,
      );
    }
    const reason = metric.unsuited(domain);
    if (reason !== undefined) throw new UserError(`the metric ${word} needs other data: ${reason}`);
  }
  return metrics.filter((metric) => names.some((word) => isNamed(metric, word)));
}
