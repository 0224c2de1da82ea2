/**
 * Descriptions of data sets: what was understood of their files.
 *
 * @module
 */
import type { Dataset, Display } from "./core/dataset.ts";
import type { OpenedDataset } from "./open_request.ts";

/**
 * Maximum number of items whose values {@link inspectDataset} examines.
 *
 * @category Data
 */
export const MAX_EXAMINED = 64;

/**
 * What is found out about a data set, in the order in which it is shown.
 *
 * @category Data
 */
export interface DatasetFacts {
  /** Kind of data. */
  readonly kind: string;
  /** Name. */
  readonly name: string;
  /** Number of items. */
  readonly items: number;
  /** Number of points, and whether each item has its own. */
  readonly points: number | string;
  /** Range of each coordinate: `-1.0000 to 1.0000`. */
  readonly coordinates: readonly string[];
  /** Range of each feature. */
  readonly features: readonly string[];
  /** Number of items whose values were examined. */
  readonly lookedAt: number;
  /** How items are shown. */
  readonly display: string;
  /** Assumptions made, as sentences. */
  readonly assumed: readonly string[];
}

/**
 * Describes a data set: its kind and sizes, and the ranges of the values of its first items.
 *
 * @param opened Data set.
 * @param onProgress Receives the fraction of the items that have been examined.
 * @throws {DataError} If one of these items cannot be read.
 *
 * @example
 * ```ts
 * import { inspectDataset, openBundled } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { items, display } = await inspectDataset(await openBundled("chairs", { resolution: 8 }));
 * assertEquals([items, display], [2000, "shapes of 8³"]);
 * ```
 *
 * @category Data
 */
export async function inspectDataset(
  { dataset, kind, assumptions }: OpenedDataset,
  onProgress: (fraction: number) => void = () => {},
): Promise<DatasetFacts> {
  const { name, items, pointCount, coordinateDim, featureDim, display } = dataset;
  const indices = Array.from({ length: Math.min(items, MAX_EXAMINED) }, (_, i) => i);
  const withCoordinates = indices.slice(0, dataset.batchCoordinates ? undefined : 1);
  const featuresOf = (item: number, i: number) => {
    onProgress(i / indices.length);
    return dataset.batch([item]);
  };
  return {
    kind,
    name,
    items,
    points: dataset.batchCoordinates ? `${pointCount}, separate for each item` : pointCount,
    coordinates: await rangesOf(withCoordinates, coordinateDim, (item) => coordinatesOf(dataset, [item])),
    features: await rangesOf(indices, featureDim, featuresOf),
    lookedAt: indices.length,
    display: describeDisplay(display),
    assumed: assumptions,
  };
}

/**
 * Returns the coordinates of some items, or those that all share.
 *
 * @param dataset Data set.
 * @param indices Item indices.
 * @category Data
 */
export async function coordinatesOf(dataset: Dataset, indices: readonly number[]): Promise<Float32Array> {
  return await dataset.batchCoordinates?.(indices) ?? dataset.coordinates;
}

/** Minimum and maximum of each channel, reading one item at a time. */
async function rangesOf(
  items: readonly number[],
  channels: number,
  valuesOf: (item: number, i: number) => Promise<Float32Array>,
): Promise<string[]> {
  const low = new Float64Array(channels).fill(Infinity), high = new Float64Array(channels).fill(-Infinity);
  for (const [nth, item] of items.entries()) {
    const values = await valuesOf(item, nth);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!, channel = i % channels;
      if (value < low[channel]!) low[channel] = value;
      if (value > high[channel]!) high[channel] = value;
    }
  }
  return Array.from(low, (least, channel) => `${least.toFixed(4)} to ${high[channel]!.toFixed(4)}`);
}

/**
 * Describes how the items of a data set are shown.
 *
 * @param display Display of the items.
 *
 * @example
 * ```ts
 * import { describeDisplay } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 28, width: 28, channels: 1 } as const;
 * assertEquals(describeDisplay(display), "images of 28×28, 1 channel");
 * ```
 *
 * @category Data
 */
export function describeDisplay(display: Display): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  switch (display.kind) {
    case "image":
      return `images of ${display.height}×${display.width}, ${counted(display.channels, "channel")}`;
    case "volume":
      return `shapes of ${display.resolution}³`;
    case "sphere": {
      const { latitudes, longitudes, bounds, scale: { low, high, units, quantity = "values" } } = display;
      const range = [low, high].map((value) => Number(value.toPrecision(6))).join(" to ");
      const part = bounds &&
        ` (${bounds.south}° to ${bounds.north}° north, ${bounds.west}° to ${bounds.east}° east)`;
      return `fields on the sphere${part ?? ""}, ${latitudes} latitudes × ${longitudes} longitudes; ` +
        `${quantity} from ${range}${units ? ` ${units}` : ""}`;
    }
    case "curve":
      return `functions of one variable, ${display.samples} samples` +
        (display.rate ? ` at ${display.rate} per second` : "");
    case "cloud":
      return `values at arbitrary points, ${counted(display.scales.length, "feature")}`;
  }
}
