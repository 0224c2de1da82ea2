/**
 * Text tables of a profile.
 * @module
 */
import type { GroupRow, KernelRow, StepProfile, Tally } from "./profile.ts";

/** A column: its heading, the text of a row, and whether it is right-aligned, as numbers are. */
interface Column<R> {
  readonly head: string;
  readonly cell: (row: R) => string;
  readonly number: boolean;
}

/** Maximum length of the shown names of operations. */
const NAME_LENGTH = 48;
/** Maximum number of parts of the model named in a row. */
const SCOPES = 3;

/** Rows with a smaller fraction of the step are added up in one. */
const LEAST_SHARE = 0.0005;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
const milliseconds = (seconds: number) => (1000 * seconds).toFixed(2);

function column<R>(head: string, cell: (row: R) => string, number = true): Column<R> {
  return { head, cell, number };
}

const TALLY: readonly Column<Tally>[] = [
  column("ms", ({ seconds }) => milliseconds(seconds)),
  column("share", ({ share }) => percent(share)),
  column("runs", ({ count }) => String(count)),
  column("GFLOP", ({ gflop }) => gflop.toFixed(3)),
  column("MB", ({ bytes }) => (bytes / 1e6).toFixed(1)),
];

const KERNELS: readonly Column<KernelRow>[] = [
  ...TALLY,
  column("GFLOP/s", ({ gflopPerSecond }) => gflopPerSecond.toFixed(1)),
  column("GB/s", ({ gigabytesPerSecond }) => gigabytesPerSecond.toFixed(1)),
  column("bound by", ({ bound }) => bound, false),
  column("of peak", ({ ofPeak }) => percent(ofPeak)),
  column("kernel", ({ kind, shape }) => `${kind} ${shape}`, false),
  column("operations", ({ name }) => shortened(name), false),
  column("from", ({ scopes }) => scopesText(scopes), false),
];

const GROUPS: readonly Column<GroupRow>[] = [...TALLY, column("", ({ name }) => name, false)];

function shortened(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 1)}…`;
}

function scopesText(scopes: readonly string[]): string {
  const more = scopes.length - SCOPES;
  return scopes.slice(0, SCOPES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function table<R extends Tally>(columns: readonly Column<R>[], all: readonly R[]): string {
  const rows = all.filter(({ share }) => share >= LEAST_SHARE), rest = all.slice(rows.length);
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const lines = cells.map((line) =>
    line.map((text, i) => columns[i]!.number ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)).join("  ")
      .trimEnd()
  );
  if (rest.length > 0) {
    const sum = (of: (row: R) => number) => rest.reduce((total, row) => total + of(row), 0);
    lines.push(
      `and ${rest.length} smaller ones: ${milliseconds(sum(({ seconds }) => seconds))} ms, ${
        percent(sum(({ share }) => share))
      }, ${sum(({ count }) => count)} runs`,
    );
  }
  return lines.join("\n");
}

/**
 * Formats a profile as tables by kernel, by part of the model and by kind of kernel, and a summary.
 *
 * @param profile A profile.
 */
export function profileTable(profile: StepProfile): string {
  const { peaks, kernels, byLayer, byScope, byKind, secondsPerStep, kernelSeconds, outsideSeconds } = profile;
  return [
    table(KERNELS, kernels),
    "",
    "by layer",
    table(GROUPS, byLayer),
    "",
    "by part of the step",
    table(GROUPS, byScope),
    "",
    "by kind of kernel",
    table(GROUPS, byKind),
    "",
    `device: ${profile.device}; medians of ${profile.steps} steps`,
    `peaks: multiply-add ${peaks.gflopPerSecond.toFixed(1)} GFLOP/s, memory ${
      peaks.gigabytesPerSecond.toFixed(1)
    } GB/s`,
    `step: ${milliseconds(secondsPerStep)} ms, of which kernels ${
      milliseconds(kernelSeconds)
    } ms, outside of them ${milliseconds(outsideSeconds)} ms`,
    `share of the step in kernels that reach 50 % of one of the peaks: ${percent(profile.shareCloseToPeak)}`,
  ].join("\n");
}
