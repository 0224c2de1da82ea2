/**
 * Functions of one variable as a data set: sounds of WAV files, and rows of arrays. A point is a time, from -1 to 1.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Dataset, ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { resampleSound } from "./resample_sound.ts";
import { readWav, type Sound } from "./wav.ts";

/** Functions at the same times. */
export interface CurveSet {
  /** Number of functions. */
  readonly count: number;
  /** Times at which they are known. */
  readonly samples: number;
  /** Values `[count, samples]`. */
  readonly values: Float32Array | Int16Array;
  /** Times in a second, for sound. */
  readonly rate?: number;
  /** What the features -1 and 1 stand for. */
  readonly scale: ValueScale;
}

/** Full scale of sound. */
const FULL_SCALE: ValueScale = { low: -1, high: 1 };
/** The same as 16-bit integers. */
const INT16_SCALE: ValueScale = { low: -32768, high: 32768 };

/**
 * The data set of some functions of one variable.
 *
 * @param name Name for people.
 * @param curves The functions.
 * @throws {RangeError} If there is none, they have fewer than 2 samples, or the values are not as many as the sizes say.
 *
 * @example
 * ```ts
 * import { curveDataset } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const values = Float32Array.of(0, 5, 10);
 * const set = curveDataset("ramp", { count: 1, samples: 3, values, scale: { low: 0, high: 10 } });
 * assertEquals([...set.coordinates], [-1, 0, 1]);
 * ```
 */
export function curveDataset(name: string, curves: CurveSet): Dataset {
  const { count, samples, values, rate, scale } = curves;
  const { low, high } = scale;
  if (count < 1 || samples < 2 || values.length !== count * samples) {
    throw new RangeError(`${count} functions of ${samples} samples, got ${values.length} values`);
  }
  // Sound needs no scale for people: its features are its values.
  const isPlain = low === -high && (high === 1 || high === 32768) && scale.units === undefined;
  return itemDataset(
    {
      name,
      items: count,
      coordinates: gridCoordinates([samples]),
      pointCount: samples,
      coordinateDim: 1,
      featureDim: 1,
      display: { kind: "curve", samples, ...(rate && { rate }), ...(!isPlain && { scale }) },
    },
    (item, features) => {
      for (let i = 0; i < samples; i++) {
        features[i] = 2 * ((values[item * samples + i]! - low) / (high - low)) - 1;
      }
    },
  );
}

/** How sounds become functions of as many samples. */
export interface WavOptions {
  /** Samples of an item, at least 2; 4096 unless given. */
  readonly samples?: number;
  /** Samples in a second: sounds of another rate are resampled. By default their own, which must then be one. */
  readonly rate?: number;
  /**
   * `start` (the default): the first samples of each file, shorter sounds followed by silence. `pieces`: each file cut into
   * items one after the other, a rest that does not fill an item left out. `stretch`: each file resampled as a whole to the
   * samples of an item, whatever its length; no rate is then kept.
   */
  readonly cut?: "start" | "pieces" | "stretch";
  /** Whether the loudest sample of the set becomes -1 or 1; its size is then kept in the scale. Off unless given. */
  readonly loudest?: boolean;
}

/** Most samples that one is turned into. */
const MAX_UPSAMPLING = 64;

/** Items of one sound. */
function itemsOf(sound: Sound, { samples = 4096, cut = "start" }: WavOptions): Float32Array[] {
  const { samples: values } = sound;
  if (cut === "stretch") return [resampleSound(values, samples, (values.length - 1) / (samples - 1))];
  if (cut === "pieces") {
    return Array.from(
      { length: Math.floor(values.length / samples) },
      (_, piece) => values.slice(piece * samples, (piece + 1) * samples),
    );
  }
  const item = new Float32Array(samples);
  item.set(values.subarray(0, samples));
  return [item];
}

/** A sound at the rate asked for, as much of it as is needed. */
function atRate(sound: Sound, rate: number, most: number, name: string): Sound {
  if (sound.rate === rate) return sound;
  const ratio = sound.rate / rate;
  // A file that says one sample a minute would otherwise become a thousand times its size.
  if (ratio < 1 / MAX_UPSAMPLING) {
    throw new DataError(`${name} has ${sound.rate} samples in a second, too few to make ${rate} of them.`);
  }
  const length = Math.min(most, Math.floor((sound.samples.length - 1) / ratio) + 1);
  requireMemory({ purpose: `${name} at ${rate} samples in a second`, bytes: 4 * length });
  return { rate, samples: resampleSound(sound.samples, length, ratio) };
}

/**
 * The data set of the WAV files of a folder, in the order of their names.
 *
 * @param source The folder.
 * @param options How they are cut.
 * @throws {DataError} If there is none, one is damaged, their rates differ and none is given, or none fills an item.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If an option is not a proper one.
 *
 * @example
 * ```ts
 * import { wavFolder, writeWav } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const sound = writeWav({ rate: 8000, samples: new Float32Array(100) });
 * const files = { location: "sounds", list: () => Promise.resolve(["a.wav"]), read: () => Promise.resolve(sound) };
 * const set = await wavFolder(files);
 * assertEquals([set.items, set.display.kind], [1, "curve"]);
 * ```
 */
export async function wavFolder(source: FileSource, options: WavOptions = {}): Promise<Dataset> {
  const { samples = 4096, cut = "start", loudest = false } = options;
  if (!Number.isInteger(samples) || samples < 2) {
    throw new RangeError(`samples must be a whole number above 1, got ${samples}`);
  }
  if (options.rate !== undefined && !(options.rate >= 1 && options.rate <= 1e6)) {
    throw new RangeError(`a rate is from 1 to 1,000,000 samples in a second, got ${options.rate}`);
  }
  const names = (await source.list()).filter((name) => /\.wave?$/i.test(name)).sort();
  if (names.length === 0) throw new DataError(`${source.location} has no WAV files.`);
  // Items in pieces and together; times, and the features of one.
  const bytes = (length: number) => (8 * names.length + 8) * length;
  requireMemory({
    purpose: `${source.location}, ${names.length} sounds with ${samples} samples each,`,
    bytes: cut === "pieces" ? 8 * samples : bytes(samples),
    parameters: [{ name: "samples", value: samples, least: 2, bytes }],
  });
  const all: Float32Array[] = [];
  let rate = options.rate;
  for (const name of names) {
    const sound = readWav(await source.read(name), name);
    if (options.rate === undefined && cut !== "stretch" && sound.rate !== (rate ??= sound.rate)) {
      throw new DataError(
        `${name} has ${sound.rate} samples in a second, ${names[0]} ${rate}: give the rate.`,
      );
    }
    const most = cut === "start" ? samples : Infinity;
    const items = itemsOf(cut === "stretch" ? sound : atRate(sound, rate!, most, name), options);
    for (const item of items) all.push(item);
  }
  if (all.length === 0) {
    throw new DataError(`No file of ${source.location} is as long as the ${samples} samples of an item.`);
  }
  requireMemory({
    purpose: `${source.location}, ${all.length} items with ${samples} samples each,`,
    bytes: 4 * all.length * samples,
  });
  const values = new Float32Array(all.length * samples);
  all.forEach((item, i) => values.set(item, i * samples));
  const peak = loudest ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 1;
  if (peak === 0) throw new DataError(`All sounds of ${source.location} are silent.`);
  return curveDataset(source.location, {
    count: all.length,
    samples,
    values,
    ...(cut !== "stretch" && { rate: rate! }),
    scale: loudest ? { low: -peak, high: peak } : FULL_SCALE,
  });
}

/**
 * Rows of an array as functions: 16-bit integers are sound, floats within [-1, 1] are taken as they are, others are
 * scaled by their range.
 *
 * @param name Name for people.
 * @param shape `[items, samples]`.
 * @param values The elements.
 * @param notes Samples in a second; range, units and quantity of the values.
 * @param notes.rate Samples in a second.
 * @param notes.scale What -1 and 1 stand for.
 * @throws {DataError} If values are not finite, or all are the same.
 *
 * @example
 * ```ts
 * import { arrayCurves } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = arrayCurves("ramps", [2, 3], Float32Array.of(0, 1, 2, 2, 1, 0), { scale: { low: 0, high: 2 } });
 * assertEquals(await set.batch([0]), Float32Array.of(-1, 0, 1));
 * ```
 */
export function arrayCurves(
  name: string,
  [count, samples]: readonly [number, number],
  values: Float32Array | Int16Array,
  notes: { readonly rate?: number; readonly scale?: ValueScale } = {},
): Dataset {
  if (samples < 2) throw new DataError(`${name}: functions need at least 2 samples, got ${samples}.`);
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new DataError(`${name} holds a value that is not finite (${value}).`);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) throw new DataError(`${name}: all values are ${low}: there is nothing to learn.`);
  const assumed = values instanceof Int16Array
    ? INT16_SCALE
    : low >= -1 && high <= 1
    ? FULL_SCALE
    : { low, high };
  return curveDataset(name, { count, samples, values, ...notes, scale: notes.scale ?? assumed });
}
