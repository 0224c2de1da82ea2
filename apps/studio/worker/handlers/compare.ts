/**
 * Requests of the view Compare: the metrics of `deno task evaluate`.
 *
 * @module
 */
import { UserError } from "@gasp/gasp/sample";
import type { Estimates, MetricValue } from "@gasp/gasp/metrics";
import type { Handler } from "../../rpc/protocol.ts";
import { computeDevice } from "../core/device.ts";
import { modelOf } from "../core/models.ts";

/** Values of a model, beside those of real items. */
export interface EvaluatedModel {
  /** Name of the data that samples were compared with. */
  readonly data: string;
  /** Items of the reference, held-out items and samples. */
  readonly sizes: { readonly reference: number; readonly heldOut: number; readonly samples: number };
  /** What was computed, in order. */
  readonly values: readonly MetricValue[];
  /** Of the samples. */
  readonly estimates: Estimates;
  /** Of real items that are not in the reference. */
  readonly floors: Estimates;
}

/** Compares samples of a model with the data that it was trained on; progress is the share of items that were read. */
export const evaluate: Handler<
  { readonly ref: string; readonly samples: number },
  EvaluatedModel,
  { readonly what: string; readonly share: number }
> = async ({ ref, samples }, call) => {
  const { bundledSource, openAt } = await import("../training/data_source.ts");
  const { parseRunConfig } = await import("@gasp/gasp");
  const { chooseMetrics, Evaluation, itemsOfGenerator } = await import("@gasp/gasp/metrics");
  const { sampler, weights, info } = await modelOf(ref), device = await computeDevice();
  const config = info.config && parseRunConfig(info.config, ref),
    source = config && bundledSource(config.data);
  if (!config || !source) {
    throw new UserError(
      `the page does not have the data that ${ref} was trained on: use "deno task evaluate" beside them`,
    );
  }
  const { dataset: data } = await openAt(source, config, () => {});
  try {
    const metrics = chooseMetrics(undefined, data);
    const onProgress = (what: string, done: number, total: number) => {
      call.signal.throwIfAborted();
      call.progress({ what, share: done / total });
    };
    const evaluation = await Evaluation.prepare({ data, metrics, device, samples, onProgress });
    try {
      return {
        data: config.data,
        sizes: evaluation.sizes,
        values: metrics.flatMap(({ values }) => values),
        estimates: await evaluation.compare(itemsOfGenerator(sampler, weights, data, samples)),
        floors: await evaluation.floors(),
      };
    } finally {
      evaluation.release();
    }
  } finally {
    await data.close?.();
  }
};
