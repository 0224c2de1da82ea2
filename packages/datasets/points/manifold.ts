/**
 * Functions on arbitrary points, from an `.npz` file of `coordinates` and `features`: bring your own manifold.
 *
 * | layout | coordinates | features |
 * | --- | --- | --- |
 * | each item has its own points | `[items, points, d]` | `[items, points, k]` |
 * | all items share their points | `[points, d]` | `[items, points, k]` |
 * | items have different numbers of points | `[total, d]`, with `offsets` `[items + 1]` | `[total, k]` |
 *
 * In the last case item `i` has the rows `offsets[i]` to `offsets[i + 1] - 1`. Batches need a fixed number of points, so
 * each item is subsampled to the smallest number of any item, or to a given smaller one, at random but depending on the seed
 * and the item alone: an item is the same whenever it is read.
 *
 * Features are scaled to [-1, 1] by the range of each channel over the set, which is in `display.scales`. Coordinates not
 * within [-1, 1] are translated and scaled to it, with one factor for all axes to preserve proportions.
 *
 * @module
 */
import { permutation } from "@gasp/tensor";
import { type ArrayEntry, type NumberArray, openArrayFile } from "../arrays/array_file.ts";
import type { Dataset, ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { itemDataset } from "../core/item_dataset.ts";

/**
 * An array in row-major order.
 *
 * @category Curves and sounds
 */
export type ManifoldArray = Pick<NumberArray, "shape" | "data">;

/**
 * Subsampling and scaling.
 *
 * @category Curves and sounds
 */
export interface ManifoldOptions {
  /** Points per item, at most the smallest number of any item, which is the default. */
  readonly points?: number;
  /** Seed of the subsampling; default 0. */
  readonly seed?: number;
  /** Units of each feature. */
  readonly featureUnits?: readonly string[];
  /** Range of each feature that maps to [-1, 1]; default: that of the set. */
  readonly ranges?: readonly { readonly low: number; readonly high: number }[];
}

/** Location of each item's points in the arrays. */
interface Layout {
  readonly items: number;
  readonly coordinateDim: number;
  readonly featureDim: number;
  /** Whether all items share their points. */
  readonly shared: boolean;
  /** Returns the first row of an item. */
  start(item: number): number;
  /** Returns the number of an item's rows. */
  count(item: number): number;
}

function showShape({ shape }: ManifoldArray): string {
  return `(${shape.join(", ")})`;
}

function raggedLayout(
  coordinates: ManifoldArray,
  features: ManifoldArray,
  offsets: ManifoldArray,
  name: string,
) {
  const [total = 0, coordinateDim = 0] = coordinates.shape, [rows, featureDim = 0] = features.shape;
  if (coordinates.shape.length !== 2 || features.shape.length !== 2 || rows !== total) {
    throw new DataError(
      `${name}: with offsets, coordinates must be (total, d) and features (total, k), got ${
        showShape(coordinates)
      } and ${showShape(features)}.`,
    );
  }
  const at = offsets.data, items = at.length - 1;
  const increasing = at.every((offset, i) => Number.isInteger(offset) && (i === 0 || offset > at[i - 1]!));
  if (offsets.shape.length !== 1 || items < 1 || at[0] !== 0 || at[items] !== total || !increasing) {
    throw new DataError(
      `${name}: offsets must be items + 1 integers that increase from 0 to ${total}, the number of points, got ${
        [...at.subarray(0, 4)].join(", ")
      }${at.length > 4 ? `, …, ${at[items]}` : ""}.`,
    );
  }
  return {
    items,
    coordinateDim,
    featureDim,
    shared: false,
    start: (item: number) => at[item]!,
    count: (item: number) => at[item + 1]! - at[item]!,
  };
}

function evenLayout(coordinates: ManifoldArray, features: ManifoldArray, name: string): Layout {
  const [items = 0, points = 0, featureDim = 0] = features.shape;
  const shared = coordinates.shape.length === 2;
  const expected = shared ? [points] : [items, points];
  const coordinateDim = coordinates.shape.at(-1) ?? 0;
  const matches = coordinates.shape.length === expected.length + 1 &&
    expected.every((length, axis) => coordinates.shape[axis] === length);
  if (features.shape.length !== 3 || !matches) {
    throw new DataError(
      `${name}: features must be (items, points, k) and coordinates (points, d) or (items, points, d), got ${
        showShape(features)
      } and ${showShape(coordinates)}; if items have different numbers of points, add offsets.`,
    );
  }
  return {
    items,
    coordinateDim,
    featureDim,
    shared,
    start: (item) => item * points,
    count: () => points,
  };
}

function checkFinite({ data }: ManifoldArray, what: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DataError(`${what}: element ${bad} is ${data[bad]}, not a finite number.`);
}

/** Computes the range of each column of `[rows, columns]`. */
function columnRanges({ data }: ManifoldArray, columns: number): { low: number; high: number }[] {
  const ranges = Array.from({ length: columns }, () => ({ low: Infinity, high: -Infinity }));
  for (let i = 0; i < data.length; i++) {
    const range = ranges[i % columns]!, value = data[i]!;
    if (value < range.low) range.low = value;
    if (value > range.high) range.high = value;
  }
  return ranges;
}

/** Returns the map of coordinates to [-1, 1]: `(value - centre) · factor`. */
function coordinateMap(ranges: readonly { low: number; high: number }[], name: string) {
  const inside = ranges.every(({ low, high }) => low >= -1 && high <= 1);
  if (inside) return { centres: ranges.map(() => 0), factor: 1 };
  const widest = Math.max(...ranges.map(({ low, high }) => high - low));
  if (!(widest > 0 && Number.isFinite(widest))) throw new DataError(`${name}: all points coincide.`);
  return { centres: ranges.map(({ low, high }) => low + (high - low) / 2), factor: 2 / widest };
}

function scalesOf(features: ManifoldArray, columns: number, options: ManifoldOptions, name: string) {
  const found = options.ranges ?? columnRanges(features, columns);
  if (found.length !== columns) {
    throw new RangeError(`expected ${columns} ranges, one per feature, got ${found.length}`);
  }
  return found.map(({ low, high }, column): ValueScale => {
    if (!(low < high)) {
      throw new DataError(
        `${name}: feature ${column} is ${low} everywhere: there is nothing to learn. Remove it.`,
      );
    }
    const units = options.featureUnits?.[column];
    return { low, high, ...(units !== undefined && { units }) };
  });
}

function missingArrays(arrays: ReadonlyMap<string, unknown>, name: string): DataError {
  const found = [...arrays.keys()].filter((key) => key !== "").join(", ") || "none";
  return new DataError(`${name} needs the arrays coordinates and features, found ${found}.`);
}

/**
 * Reads the arrays of a data set on arbitrary points. Others are not decompressed.
 *
 * @param entries Arrays of the file by name.
 * @param name File name for messages.
 * @throws {DataError} If one is missing or damaged.
 * @throws {MemoryError} If they do not fit in memory.
 */
export function readManifold(
  entries: ReadonlyMap<string, ArrayEntry>,
  name: string,
): Map<string, NumberArray> {
  if (!entries.has("coordinates") || !entries.has("features")) throw missingArrays(entries, name);
  const keys = ["coordinates", "features", "offsets"];
  return new Map(
    [...entries].filter(([key]) => keys.includes(key)).map(([key, entry]) => [key, entry.read()]),
  );
}

/**
 * Creates a data set of functions on arbitrary points from arrays.
 *
 * @param arrays `coordinates`, `features` and, if items have different numbers of points, `offsets`.
 * @param name Display name.
 * @param options Subsampling and scaling.
 * @throws {DataError} If an array is missing, shapes do not match, values are not finite, or a feature is constant.
 * @throws {RangeError} If more points are requested than an item has, or an option is out of range.
 *
 * @example Two functions, each known at three points
 * ```ts
 * import { manifoldDataset } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const coordinates = { shape: [2, 3, 1], data: Float32Array.of(0, 1, 2, 3, 4, 5) };
 * const features = { shape: [2, 3, 1], data: Float32Array.of(-1, 0, 1, 1, 0, -1) };
 * const set = manifoldDataset(new Map([["coordinates", coordinates], ["features", features]]), "lines");
 * assertEquals([set.items, set.pointCount, set.display.kind], [2, 3, "cloud"]);
 * ```
 *
 * @category Curves and sounds
 */
export function manifoldDataset(
  arrays: ReadonlyMap<string, ManifoldArray>,
  name: string,
  options: ManifoldOptions = {},
): Dataset {
  const coordinates = arrays.get("coordinates"), features = arrays.get("features");
  const offsets = arrays.get("offsets");
  if (coordinates === undefined || features === undefined) throw missingArrays(arrays, name);
  const layout = offsets === undefined
    ? evenLayout(coordinates, features, name)
    : raggedLayout(coordinates, features, offsets, name);
  checkFinite(coordinates, `${name}: coordinates`);
  checkFinite(features, `${name}: features`);
  const { items, coordinateDim, featureDim, shared } = layout;
  let smallest = layout.count(0);
  for (let item = 1; item < items; item++) smallest = Math.min(smallest, layout.count(item));
  const { points = smallest, seed = 0 } = options;
  if (!Number.isInteger(points) || points < 1 || points > smallest) {
    throw new RangeError(
      `points must be from 1 to ${smallest}, the smallest number of any item, got ${points}`,
    );
  }
  const { centres, factor } = coordinateMap(columnRanges(coordinates, coordinateDim), name);
  const scales = scalesOf(features, featureDim, options, name);

  /** Returns the rows of an item relative to its first; equal for all items if points are shared. */
  const rowsOf = (item: number): Uint32Array => {
    const count = layout.count(item);
    if (count === points) return Uint32Array.from({ length: points }, (_, i) => i);
    const key = { seed, stream: "points of an item", step: shared ? 0 : item };
    return permutation(key, count).slice(0, points).sort();
  };
  const fillCoordinates = (item: number, into: Float32Array): void => {
    const first = shared ? 0 : layout.start(item);
    rowsOf(item).forEach((row, point) => {
      for (let axis = 0; axis < coordinateDim; axis++) {
        const value = coordinates.data[(first + row) * coordinateDim + axis]!;
        into[point * coordinateDim + axis] = (value - centres[axis]!) * factor;
      }
    });
  };
  const fillFeatures = (item: number, into: Float32Array): void => {
    const first = layout.start(item);
    rowsOf(item).forEach((row, point) => {
      for (let channel = 0; channel < featureDim; channel++) {
        const { low, high } = scales[channel]!;
        const value = features.data[(first + row) * featureDim + channel]!;
        into[point * featureDim + channel] = 2 * ((value - low) / (high - low)) - 1;
      }
    });
  };
  const firstCoordinates = new Float32Array(points * coordinateDim);
  fillCoordinates(0, firstCoordinates);
  return itemDataset(
    {
      name,
      items,
      coordinates: firstCoordinates,
      pointCount: points,
      coordinateDim,
      featureDim,
      display: { kind: "cloud", scales },
    },
    fillFeatures,
    shared ? undefined : fillCoordinates,
  );
}

/**
 * Creates a data set from an `.npz` file of coordinates and features, as described above.
 *
 * @param bytes File contents.
 * @param name Display name, also used in messages.
 * @param options Subsampling and scaling.
 * @throws {DataError} As for {@link manifoldDataset}, and if the file is damaged.
 * @throws {RangeError} As for {@link manifoldDataset}.
 * @category Curves and sounds
 */
export function manifoldFile(bytes: Uint8Array, name: string, options: ManifoldOptions = {}): Dataset {
  return manifoldDataset(readManifold(openArrayFile(bytes, name), name), name, options);
}
