/**
 * Reports of evaluations: a table for people and a record for programs.
 *
 * @module
 */
import { type Estimate, showEstimate } from "./core/estimate.ts";
import type { Direction } from "./core/metric.ts";
import type { Estimates, Evaluation, EvaluationSizes } from "./evaluate.ts";

/**
 * A value of the samples and its floor.
 *
 * @category Metrics
 */
export interface ReportedValue extends Estimate {
  /** Value of held-out real items. */
  readonly floor: Estimate;
  /** Which values are better. */
  readonly direction: Direction;
  /** Name of the metric. */
  readonly metric: string;
}

/**
 * An evaluation as plain data.
 *
 * @category Metrics
 */
export interface EvaluationReport {
  /** Sizes of the sets. */
  readonly sizes: EvaluationSizes;
  /** Values by name. */
  readonly values: Readonly<Record<string, ReportedValue>>;
  /** Publication and settings of each metric. */
  readonly metrics: Readonly<
    Record<string, { readonly source: string; readonly protocol: Readonly<Record<string, string | number>> }>
  >;
}

/**
 * Combines the values of samples with their floors.
 *
 * @param evaluation Evaluation.
 * @param samples Values of the samples.
 * @category Metrics
 */
export async function reportOf(evaluation: Evaluation, samples: Estimates): Promise<EvaluationReport> {
  const floors = await evaluation.floors();
  const { metrics, protocols, sizes } = evaluation;
  const values = metrics.flatMap(({ name: metric, values }) =>
    values.map(({ name, direction }) =>
      [name, { ...samples[name]!, floor: floors[name]!, direction, metric }] as const
    )
  );
  return {
    sizes,
    values: Object.fromEntries(values),
    metrics: Object.fromEntries(
      metrics.map(({ name, source }) => [name, { source, protocol: protocols[name]! }]),
    ),
  };
}

/**
 * Describes what an evaluation compares.
 *
 * @param sizes Sizes of the sets.
 * @returns A clause.
 * @category Metrics
 */
export function describeSizes({ samples, heldOut, reference, floorReference }: EvaluationSizes): string {
  return floorReference === undefined
    ? `${samples} samples and ${heldOut} other real items, each compared with ${reference} real items`
    : `${samples} samples compared with all ${reference} real items; values of real items are of ${heldOut} compared with ` +
      `${floorReference} others`;
}

/**
 * Describes how the values of a metric are computed.
 *
 * @param name Name of the metric.
 * @param protocol Its settings.
 * @param source Its publication.
 * @returns A line.
 * @category Metrics
 */
export function describeProtocol(
  name: string,
  protocol: Readonly<Record<string, string | number>>,
  source: string,
): string {
  return `${name}: ${
    [...Object.entries(protocol).map(([key, value]) => `${key} ${value}`), source].join("; ")
  }`;
}

/** Column of the directions. */
const BETTER: Readonly<Record<Direction, string>> = {
  lower: "lower",
  higher: "higher",
  real: "as real",
};

/**
 * Formats a report as a table: each value with its interval, that of real items, and which is better.
 *
 * @param report Report.
 * @returns Lines of aligned columns.
 *
 * @example
 * ```ts
 * import { tableOf } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const floor = { value: 0.05, low: 0.04, high: 0.06 };
 * const swd = { value: 0.1, low: 0.09, high: 0.11, floor, direction: "lower", metric: "swd" } as const;
 * const sizes = { reference: 1000, heldOut: 500, samples: 500 };
 * assertEquals(tableOf({ sizes, values: { swd }, metrics: {} }).split("\n")[1], "swd    0.100 ± 0.010  0.050 ± 0.010  lower");
 * ```
 *
 * @category Metrics
 */
export function tableOf({ values }: EvaluationReport): string {
  const rows = [
    ["value", "samples", "real items", "better"],
    ...Object.entries(values).map(([name, { floor, direction, ...value }]) => [
      name,
      showEstimate(value),
      showEstimate(floor),
      BETTER[direction],
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((word, column) => word.padEnd(widths[column]!)).join("  ").trimEnd())
    .join("\n");
}
