/**
 * The table of a comparison as Markdown.
 *
 * @module
 */
import { type Estimate, showEstimate } from "../metrics/core/estimate.ts";
import type { Direction, MetricValue } from "../metrics/core/metric.ts";
import { describeSizes } from "../metrics/report.ts";
import { phaseSteps } from "./budget.ts";
import type { RunConfig } from "../config/run_settings.ts";
import type { ComparedRun, ComparisonRecord } from "./record.ts";
import { seedInterval } from "./seed_interval.ts";

/**
 * Returns the mean over seeds of each value of a method.
 *
 * @param record Record of the comparison.
 * @param method Name of the method.
 * @returns Estimates by the name of the value, and the seeds they are of; empty if no run is evaluated.
 * @category Comparison
 */
export function methodMeans(
  { runs }: ComparisonRecord,
  method: string,
): { readonly seeds: readonly number[]; readonly values: Readonly<Record<string, Estimate>> } {
  const done = runs.filter((run): run is ComparedRun & Required<Pick<ComparedRun, "values">> =>
    run.method === method && run.values !== undefined
  );
  const names = Object.keys(done[0]?.values ?? {});
  const of = (name: string) => seedInterval(done.flatMap(({ values }) => values[name] ?? []));
  return {
    seeds: done.map(({ seed }) => seed),
    values: Object.fromEntries(names.map((name) => [name, of(name)])),
  };
}

const ARROWS: Readonly<Record<Direction, string>> = { lower: "↓", higher: "↑", real: "≈ real" };

/**
 * Returns the heading of a column of values.
 *
 * @param value Name and direction.
 * @returns Such as `pca-fd ↓`.
 * @category Comparison
 */
export function valueHeading({ name, direction }: MetricValue): string {
  return `${name} ${ARROWS[direction]}`;
}

/**
 * Formats a comparison as Markdown: a row per method with means and intervals over seeds, the floors, the budget, the machine
 * and the commands.
 *
 * @param record Record of the comparison.
 * @category Comparison
 */
export function comparisonTable(record: ComparisonRecord): string {
  const { settings, methods, runs, directions, floors, sizes } = record;
  const names = Object.keys(directions);
  const header = [
    "method",
    "seeds",
    "steps",
    "seconds",
    ...names.map((name) => valueHeading({ name, direction: directions[name]! })),
  ];
  const rows = Object.entries(methods).map(([method, { config }]) => {
    const { seeds, values } = methodMeans(record, method);
    const spent = runs.filter((run) => run.method === method && run.values).map(({ seconds }) => seconds);
    const mean = spent.reduce((sum, seconds) => sum + seconds, 0) / spent.length;
    return [
      method,
      seeds.join(", ") || "–",
      phaseSteps(config).map((count) => count.toLocaleString("en")).join(" + "),
      spent.length === 0 ? "–" : mean.toFixed(0),
      ...names.map((name) => cell(values[name])),
    ];
  });
  const floor = ["real items", "", "", "", ...names.map((name) => cell(floors?.[name]))];
  const budget = "seconds" in settings.budget
    ? `${settings.budget.seconds} seconds per run`
    : `${settings.budget.steps.toLocaleString("en")} steps per run`;
  const failures = runs.filter(({ failure }) => failure !== undefined);
  return [
    `Preset \`${settings.preset}\` on \`${settings.data}\` at resolution ${settings.resolution}, ${budget}${
      settings.weights === "latest" ? ", latest weights instead of moving averages" : ""
    }.`,
    "",
    ...markdownTable([header, ...rows, floor]),
    "",
    `Means over seeds ± half a 95 % interval: Student's t over seeds, or, of a single seed, over its samples only. ${
      sizes ? `${describeSizes(sizes)}, all of which are training data.` : ""
    } Seconds are those of a run on average, compilation and sheets included.`,
    ...Object.entries(methods).flatMap(([method, { config }]) => averageNote(record, method, config)),
    ...failures.map(({ method, seed, failure }) => `\nNot trained: \`${method}\`, seed ${seed}: ${failure}`),
    "",
    ...(record.protocols ?? []).map((line) => `- ${line}`),
    ...(record.protocols ? [""] : []),
    `Machine: ${Object.entries(record.machine).map(([key, value]) => `${key} ${value}`).join("; ")}.`,
    "",
    "```sh",
    ...record.commands,
    "```",
    "",
  ].join("\n");
}

/** Share of initial weights in a moving average from which samples are noticeably affected. */
const INITIAL_SHARE = 0.01;

/** A note for a method whose moving average is still that of its start. */
function averageNote(
  { settings }: ComparisonRecord,
  method: string,
  { steps, training }: RunConfig,
): string[] {
  const { emaDecay } = training as { readonly emaDecay?: number | null };
  const share = typeof emaDecay === "number" ? emaDecay ** steps : 0;
  if (settings.weights === "latest" || share < INITIAL_SHARE) return [];
  return [
    `\nInitial weights are ${
      (100 * share).toFixed(0)
    } % of the moving average of \`${method}\`, which its samples are of: use ` +
    "`--weights latest` for so few steps.",
  ];
}

/** Intervals narrower than this part of a value, as of samples that are all alike, are not shown. */
const NARROW = 1e-4;

function cell(estimate: Estimate | undefined): string {
  if (!estimate) return "–";
  const { value, low, high } = estimate;
  return high - low < NARROW * Math.abs(value)
    ? showEstimate({ value, low: value, high: value })
    : showEstimate(estimate);
}

/**
 * Formats rows as a Markdown table.
 *
 * @param rows Header and rows, of the same number of cells.
 * @returns Lines of aligned columns.
 *
 * @example
 * ```ts
 * import { markdownTable } from "@gasp/gasp/compare";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(markdownTable([["a", "value"], ["long", "1"]]), ["| a    | value |", "| ---- | ----- |", "| long | 1     |"]);
 * ```
 *
 * @category Comparison
 */
export function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i]!)).join(" | ")} |`;
  const [header, ...body] = rows;
  return [line(header!), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}
