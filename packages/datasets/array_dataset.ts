/**
 * NumPy arrays as data sets. Their kind is inferred from their shape, and the assumptions made are reported.
 *
 * | shape | kind |
 * | --- | --- |
 * | `[items, samples]` | functions of one variable |
 * | `[items, height, width]` | images or fields of one channel |
 * | `[items, height, width, 1 or 3]`, `[items, 1 or 3, height, width]` | images |
 * | `.npz` of `coordinates`, `features`, `offsets` | functions on arbitrary points |
 *
 * Values are scaled to [-1, 1]: bytes as brightness (`2 · v / 255 - 1`), booleans to -1 and 1, floats within [0, 1] as
 * brightness; floats within [-1, 1] are unchanged; other numbers are scaled by their range.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { type ArrayEntry, isNpz, type NumberArray, openArrayFile } from "./arrays/array_file.ts";
import { arrayCurves } from "./points/curves.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import { gridCoordinates } from "./core/grid.ts";
import { itemDataset } from "./core/item_dataset.ts";
import { manifoldDataset, type ManifoldOptions, readManifold } from "./points/manifold.ts";
import { scalingOf, type ScalingOptions, unitsOf } from "./arrays/value_scaling.ts";

/**
 * How an array is interpreted.
 *
 * @category Data
 */
export interface ArrayOptions extends ManifoldOptions, ScalingOptions {
  /** Name of the array, for `.npz` files with several. */
  readonly array?: string;
}

/**
 * A data set and the assumptions made.
 *
 * @category Data
 */
export interface ArrayDataset {
  /** Data set. */
  readonly dataset: Dataset;
  /** Assumptions, such as `values within [0, 1] are brightness`. */
  readonly assumptions: readonly string[];
}

/** Layout of images or fields in an array. */
interface ImageLayout {
  readonly items: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Whether channels precede rows (CHW). */
  readonly planar: boolean;
}

function isChannels(length: number | undefined): length is 1 | 3 {
  return length === 1 || length === 3;
}

/** Infers the layout of images from a shape of 3 or 4 axes. */
function imageLayout(shape: readonly number[], name: string, assumptions: string[]): ImageLayout {
  const [first = 0, second = 0, third = 0, fourth] = shape;
  const infer = (): ImageLayout | undefined => {
    if (fourth === undefined) {
      if (third === 3 && second > 3) {
        assumptions.push(`(${shape.join(", ")}) is one colour image`);
        return { items: 1, height: first, width: second, channels: 3, planar: false };
      }
      assumptions.push("the axes are (items, height, width)");
      return { items: first, height: second, width: third, channels: 1, planar: false };
    }
    if (isChannels(fourth)) {
      assumptions.push("the axes are (items, height, width, channels)");
      return { items: first, height: second, width: third, channels: fourth, planar: false };
    }
    if (isChannels(second)) {
      assumptions.push("the axes are (items, channels, height, width)");
      return { items: first, height: third, width: fourth, channels: second, planar: true };
    }
    return undefined;
  };
  const layout = infer();
  if (layout !== undefined && layout.height > 1) return layout;
  const isCubic = second === third && third === fourth;
  throw new DataError(
    `${name} of shape (${shape.join(", ")}) holds no images with 1 or 3 channels and at least 2 rows` +
      (isCubic ? ": read voxel grids as shapes." : "."),
  );
}

function imageArrayDataset(
  array: NumberArray,
  name: string,
  options: ArrayOptions,
  assumptions: string[],
): Dataset {
  const { items, height, width, channels, planar } = imageLayout(array.shape, name, assumptions);
  const scaling = scalingOf(array, options, name, assumptions);
  const { low, high, isBrightness } = scaling;
  const points = height * width, { data } = array;
  return itemDataset(
    {
      name,
      items,
      coordinates: gridCoordinates([height, width]),
      pointCount: points,
      coordinateDim: 2,
      featureDim: channels,
      display: {
        kind: "image",
        height,
        width,
        channels,
        ...(channels === 1 && !isBrightness && { scale: unitsOf(scaling, options) }),
      },
    },
    (item, features) => {
      const from = item * points * channels;
      for (let i = 0; i < features.length; i++) {
        const at = planar ? (i % channels) * points + Math.floor(i / channels) : i;
        features[i] = 2 * Math.fround((data[from + at]! - low) / (high - low)) - 1;
      }
    },
  );
}

function curves(array: NumberArray, name: string, options: ArrayOptions, assumptions: string[]): Dataset {
  const [items = 0, samples = 0] = array.shape;
  assumptions.push("the axes are (items, samples)");
  const { data } = array, { rate, range, scale: factor = 1, offset = 0, units } = options;
  const isScaled = factor !== 1 || offset !== 0 || units !== undefined || range !== undefined;
  if (data instanceof Int16Array && !isScaled) {
    assumptions.push("16-bit integers are sound");
    return arrayCurves(name, [items, samples], data, { ...(rate !== undefined && { rate }) });
  }
  const values = isScaled || !(data instanceof Float32Array) ? converted(data, factor, offset, name) : data;
  const { scale: _, offset: __, ...physical } = options;
  const scale = isScaled
    ? unitsOf(scalingOf({ ...array, data: values }, physical, name, assumptions), physical)
    : undefined;
  return arrayCurves(name, [items, samples], values, {
    ...(rate !== undefined && { rate }),
    ...(scale && { scale }),
  });
}

/** Computes `offset + factor · value` in single precision. */
function converted(
  data: NumberArray["data"],
  factor: number,
  offset: number,
  name: string,
): Float32Array<ArrayBuffer> {
  requireMemory({ purpose: `${name} in single precision`, bytes: 4 * data.length });
  // By index: `from` would first build a list of JavaScript numbers.
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = offset + factor * data[i]!;
  return values;
}

/** Returns the named array of a file, or its only one. */
function chooseArray(
  arrays: ReadonlyMap<string, ArrayEntry>,
  key: string | undefined,
  name: string,
): ArrayEntry {
  const found = key === undefined && arrays.size === 1 ? [...arrays.values()][0] : arrays.get(key ?? "");
  if (found !== undefined) return found;
  const [first = "NAME"] = arrays.keys();
  throw new DataError(
    `${name} has the arrays ${[...arrays.keys()].join(", ") || "none"}: ${
      key === undefined ? `say which with --variable ${first}, or ${name}#${first}` : `there is no ${key}`
    }.`,
  );
}

/**
 * Creates a data set from a file of arrays, as described above.
 *
 * @param bytes Contents of a `.npy`, `.npy.gz` or `.npz` file.
 * @param name Name of the data set, also used in messages.
 * @param options How the array is interpreted; `readArrayMetadata` reads some options from the JSON file beside it.
 * @returns The data set and the assumptions made.
 * @throws {DataError} If the file is damaged, its shape is not in the table, or its values are not finite or all equal.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { arrayDataset } from "@gasp/datasets";
 * import { writeNpy } from "@gasp/tensor";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const file = writeNpy({ shape: [2, 3, 3], data: new Uint8Array(18) });
 * const { dataset, assumptions } = arrayDataset(file, "pictures.npy");
 * assertEquals([dataset.items, dataset.display.kind], [2, "image"]);
 * assert(assumptions.length > 0);
 * ```
 *
 * @category Data
 */
export function arrayDataset(bytes: Uint8Array, name: string, options: ArrayOptions = {}): ArrayDataset {
  const assumptions: string[] = [];
  const arrays = openArrayFile(bytes, name);
  if (options.array === undefined && arrays.has("coordinates") && arrays.has("features")) {
    return {
      dataset: manifoldDataset(readManifold(arrays, name), name, options),
      assumptions: ["coordinates and features are on arbitrary points"],
    };
  }
  const array = chooseArray(arrays, isNpz(bytes) ? options.array : undefined, name);
  const { shape } = array;
  if (shape.length < 2 || shape.length > 4) {
    throw new DataError(
      `${name} has the shape (${shape.join(", ")}): expected (items, samples), (items, height, width) or ` +
        "(items, height, width, channels).",
    );
  }
  const create = shape.length === 2 ? curves : imageArrayDataset;
  return { dataset: create(array.read(), name, options, assumptions), assumptions };
}
