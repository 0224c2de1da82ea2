/**
 * NumPy's arrays as data sets: what they hold is told by their shape, and what was taken for granted is said.
 *
 * | shape | is taken for |
 * | --- | --- |
 * | `[items, samples]` | functions of one variable |
 * | `[items, height, width]` | pictures or fields of one channel |
 * | `[items, height, width, 1 or 3]`, `[items, 1 or 3, height, width]` | pictures |
 * | `.npz` of `coordinates`, `features`, `offsets` | functions on any points |
 *
 * Values become [-1, 1]: bytes as pictures (`2 · v / 255 - 1`), truth values as -1 and 1, floats within [0, 1] as pictures,
 * floats within [-1, 1] as they are; all other numbers by their range.
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

/** What is known of an array beyond its file. */
export interface ArrayOptions extends ManifoldOptions, ScalingOptions {
  /** Name of the array of a `.npz` file with several. */
  readonly array?: string;
}

/** A data set, and what was assumed to make it. */
export interface ArrayDataset {
  /** The data set. */
  readonly dataset: Dataset;
  /** Sentences for people, such as `values within [0, 1] are brightness`. */
  readonly assumed: readonly string[];
}

/** Pictures or fields in an array. */
interface Pictures {
  readonly items: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Whether channels come before rows. */
  readonly planar: boolean;
}

function isChannels(length: number | undefined): length is 1 | 3 {
  return length === 1 || length === 3;
}

/** Reads the axes of pictures from a shape of 3 or 4 lengths. */
function picturesOf(shape: readonly number[], name: string, assumed: string[]): Pictures {
  const [first = 0, second = 0, third = 0, fourth] = shape;
  const read = (): Pictures | undefined => {
    if (fourth === undefined) {
      if (third === 3 && second > 3) {
        assumed.push(`(${shape.join(", ")}) is one colour picture`);
        return { items: 1, height: first, width: second, channels: 3, planar: false };
      }
      assumed.push("the axes are (items, height, width)");
      return { items: first, height: second, width: third, channels: 1, planar: false };
    }
    if (isChannels(fourth)) {
      assumed.push("the axes are (items, height, width, channels)");
      return { items: first, height: second, width: third, channels: fourth, planar: false };
    }
    if (isChannels(second)) {
      assumed.push("the axes are (items, channels, height, width)");
      return { items: first, height: third, width: fourth, channels: second, planar: true };
    }
    return undefined;
  };
  const pictures = read();
  if (pictures !== undefined && pictures.height > 1) return pictures;
  const isCubes = second === third && third === fourth;
  throw new DataError(
    `${name} of (${shape.join(", ")}) holds no pictures of 1 or 3 channels and at least 2 rows` +
      (isCubes ? ": read cubes of voxels as shapes." : "."),
  );
}

function pictureDataset(array: NumberArray, name: string, options: ArrayOptions, assumed: string[]): Dataset {
  const { items, height, width, channels, planar } = picturesOf(array.shape, name, assumed);
  const scaling = scalingOf(array, options, name, assumed);
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

function curves(array: NumberArray, name: string, options: ArrayOptions, assumed: string[]): Dataset {
  const [items = 0, samples = 0] = array.shape;
  assumed.push("the axes are (items, samples)");
  const { data } = array, { rate, range, scale: factor = 1, offset = 0, units } = options;
  const isScaled = factor !== 1 || offset !== 0 || units !== undefined || range !== undefined;
  if (data instanceof Int16Array && !isScaled) {
    assumed.push("16-bit integers are sound");
    return arrayCurves(name, [items, samples], data, { ...(rate !== undefined && { rate }) });
  }
  const values = isScaled || !(data instanceof Float32Array) ? converted(data, factor, offset, name) : data;
  const whole = { ...array, data: values };
  const { scale: _, offset: __, ...physical } = options;
  const scale = isScaled ? unitsOf(scalingOf(whole, physical, name, assumed), physical) : undefined;
  return arrayCurves(name, [items, samples], values, {
    ...(rate !== undefined && { rate }),
    ...(scale && { scale }),
  });
}

/** `offset + factor · value`, in single precision. */
function converted(
  data: NumberArray["data"],
  factor: number,
  offset: number,
  name: string,
): Float32Array<ArrayBuffer> {
  requireMemory({ purpose: `${name} in single precision`, bytes: 4 * data.length });
  // By index: `from` would first make a list of JavaScript numbers.
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = offset + factor * data[i]!;
  return values;
}

/** The array of the file that is asked for, or the only one. */
function chooseArray(
  arrays: ReadonlyMap<string, ArrayEntry>,
  asked: string | undefined,
  name: string,
): ArrayEntry {
  const found = asked === undefined && arrays.size === 1 ? [...arrays.values()][0] : arrays.get(asked ?? "");
  if (found !== undefined) return found;
  throw new DataError(
    `${name} has the arrays ${[...arrays.keys()].join(", ") || "none"}: ${
      asked === undefined ? "say which to read" : `there is no ${asked}`
    }.`,
  );
}

/**
 * The data set of a file of arrays, as this module's description says.
 *
 * @param bytes A `.npy`, `.npy.gz` or `.npz` file.
 * @param name Its name.
 * @param options What is known beyond the file; `readNotes` reads some of it from the notes beside the file.
 * @returns The data set, and what was assumed.
 * @throws {DataError} If the file is damaged, its shape is none of these, values are not finite, or all are the same.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If an option is not a proper one.
 *
 * @example
 * ```ts
 * import { arrayDataset } from "@gasp/datasets";
 * import { writeNpy } from "@gasp/tensor";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const file = writeNpy({ shape: [2, 3, 3], data: new Uint8Array(18) });
 * const { dataset, assumed } = arrayDataset(file, "pictures.npy");
 * assertEquals([dataset.items, dataset.display.kind], [2, "image"]);
 * assert(assumed.length > 0);
 * ```
 */
export function arrayDataset(bytes: Uint8Array, name: string, options: ArrayOptions = {}): ArrayDataset {
  const assumed: string[] = [];
  const arrays = openArrayFile(bytes, name);
  if (options.array === undefined && arrays.has("coordinates") && arrays.has("features")) {
    return {
      dataset: manifoldDataset(readManifold(arrays, name), name, options),
      assumed: ["coordinates and features are on any points"],
    };
  }
  const array = chooseArray(arrays, isNpz(bytes) ? options.array : undefined, name);
  const axes = array.shape.length;
  if (axes === 2) return { dataset: curves(array.read(), name, options, assumed), assumed };
  if (axes === 3 || axes === 4) {
    return { dataset: pictureDataset(array.read(), name, options, assumed), assumed };
  }
  throw new DataError(
    `${name} has ${axes} axes (${
      array.shape.join(", ")
    }): expected (items, samples), (items, height, width) or ` +
      "(items, height, width, channels).",
  );
}
