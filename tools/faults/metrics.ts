/**
 * Faults in the metrics of `packages/gasp` and in their search.
 * @module
 */
import type { Fault } from "./fault.ts";

const METRICS = "packages/gasp/metrics", SEARCH = "packages/pointconv/search";

/** Faults in metrics. */
export const metricFaults: readonly Fault[] = [
  {
    name: "nearest-rows-error",
    what: "the search in many dimensions trusts products in float32",
    file: `${SEARCH}/nearest_rows.ts`,
    find: "let limit = squares[last]! + slack;",
    replace: "let limit = squares[last]! - slack;",
    tests: [`${SEARCH}/nearest_rows_test.ts`],
  },
  {
    name: "nearest-rows-ties",
    what: "of equally distant points the last one stays",
    file: `${SEARCH}/nearest_rows.ts`,
    find: "if (!(square < squares[last]!)) continue;",
    replace: "if (!(square <= squares[last]!)) continue;",
    tests: [`${SEARCH}/nearest_rows_test.ts`],
  },
  {
    name: "frechet-overlap",
    what: "the overlap of two Gaussians counts once",
    file: `${METRICS}/statistics/frechet_distance.ts`,
    find: "let distance = -2 * overlap;",
    replace: "let distance = -overlap;",
    tests: [`${METRICS}/statistics/statistics_test.ts`],
  },
  {
    name: "mmd-self-pairs",
    what: "the discrepancy includes pairs of a sample and itself",
    file: `${METRICS}/statistics/gaussian_mmd.ts`,
    find: "if (excludeSelf && i === point.first + column) continue;",
    replace: "",
    tests: [`${METRICS}/statistics/statistics_test.ts`],
  },
  {
    name: "manifold-radius",
    what: "balls reach to the neighbour before the k-th",
    file: `${METRICS}/distribution/manifold.ts`,
    find: "distances[(i + 1) * neighbours - 1]!",
    replace: "distances[(i + 1) * neighbours - 2]!",
    tests: [`${METRICS}/statistics/statistics_test.ts`],
  },
  {
    name: "inception-average",
    what: "average pooling of the Inception network includes the padding",
    file: `${METRICS}/images/inception_network.ts`,
    find: "return div(avgPool(x, options), avgPool(ones([1, 1, ...x.shape.slice(2)]), options));",
    replace: "return avgPool(x, options);",
    tests: [`${METRICS}/images/images_test.ts`],
  },
  {
    name: "resize-corners",
    what: "pictures are resized between the corners of pixels",
    file: `${METRICS}/images/resize_pictures.ts`,
    find: "bilinear(weights, (row + 0.5) * scale - 0.5);",
    replace: "bilinear(weights, row * scale);",
    tests: [`${METRICS}/images/images_test.ts`],
  },
  {
    name: "parts-wrap",
    what: "parts are connected across the borders of the grid",
    file: `${METRICS}/shapes/connected_parts.ts`,
    find: "const along = Math.floor(node / step) % resolution;",
    replace: "const along = 1;",
    tests: [`${METRICS}/shapes/shapes_test.ts`],
  },
  {
    name: "best-direction",
    what: "higher values of a distance are the best",
    file: "packages/gasp/training/validation.ts",
    find: 'direction === "lower" ? value < before.value',
    replace: 'direction === "higher" ? value < before.value',
    tests: ["packages/gasp/training/validation_test.ts"],
  },
  {
    name: "best-pruned",
    what: "the best checkpoint is pruned",
    file: "packages/gasp/runs/run_folder.ts",
    find: "if (step !== best && (every",
    replace: "if ((every",
    tests: ["packages/gasp/training/validation_test.ts"],
  },
  {
    name: "budget-phases",
    what: "all steps of a budget are priced as those of the first phase",
    file: "packages/gasp/compare/budget.ts",
    find: "sum + count * stepSeconds[phase]!",
    replace: "sum + count * stepSeconds[0]!",
    tests: ["packages/gasp/compare/compare_test.ts"],
    filter: "stepsWithin",
  },
  {
    name: "seed-interval",
    what: "the interval over seeds is that of a single seed, not of the mean",
    file: "packages/gasp/compare/seed_interval.ts",
    find: "Math.sqrt(variance / count)",
    replace: "Math.sqrt(variance)",
    tests: ["packages/gasp/compare/compare_test.ts"],
    filter: "seedInterval",
  },
  {
    name: "compare-repeats",
    what: "a comparison trains and evaluates again what is done",
    file: "packages/gasp/compare/compare.ts",
    find: "if (before.values) return;",
    replace: "",
    tests: ["packages/gasp/compare/compare_test.ts"],
    filter: "skips what is done",
  },
  {
    name: "date-line",
    what: "the date line is taken to be where the grid begins",
    file: "packages/gasp/metrics/sphere/seam.ts",
    find: "if (Math.abs(longitudeOf(column) - longitudeOf(column + 1)) > Math.PI) return column;",
    replace: "if (Math.abs(longitudeOf(column) - longitudeOf(column + 1)) > 0) return column;",
    tests: ["apps/cli/experiments/experiments_test.ts"],
    filter: "jumpProfile",
  },
];
