/**
 * Functions of one variable as data sets: sounds in files and rows of arrays. Points are times in [-1, 1].
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Dataset, ValueScale } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { filesOfFormat } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { resampleSound } from "./resample_sound.ts";
import { readSound } from "./compressed_sound.ts";
import type { Sound } from "./wav.ts";

/**
 * Functions sampled at the same times.
 *
 * @category Curves and sounds
 */
export interface CurveSet {
  /** Number of functions. */
  readonly count: number;
  /** Samples per function. */
  readonly samples: number;
  /** Values `[count, samples]`. */
  readonly values: Float32Array | Int16Array;
  /** Sample rate of sound in Hz. */
  readonly rate?: number;
  /** Values that map to -1 and 1. */
  readonly scale: ValueScale;
}

/** Full scale of sound in floats. */
const FULL_SCALE: ValueScale = { low: -1, high: 1 };
/** Full scale of sound in 16-bit integers. */
const INT16_SCALE: ValueScale = { low: -32768, high: 32768 };

/**
 * Creates a data set of functions of one variable.
 *
 * @param name Display name.
 * @param curves Functions.
 * @throws {RangeError} If there are none, they have fewer than 2 samples, or the number of values does not match the sizes.
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
 *
 * @category Curves and sounds
 */
export function curveDataset(name: string, curves: CurveSet): Dataset {
  const { count, samples, values, rate, scale } = curves;
  const { low, high } = scale;
  if (count < 1 || samples < 2 || values.length !== count * samples) {
    throw new RangeError(
      `expected at least 1 function of at least 2 samples and ${count * samples} values in all, ` +
        `got ${count} of ${samples} samples and ${values.length} values`,
    );
  }
  // The display of sound needs no scale: features are values.
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

/**
 * How sounds are cut to items of equal length.
 *
 * @category Curves and sounds
 */
export interface WavOptions {
  /** Samples per item, at least 2; default 4096. */
  readonly samples?: number;
  /** Sample rate in Hz to resample to; default: that of the files, which must then agree. */
  readonly rate?: number;
  /**
   * `start` (default): the first samples of each file, padded with silence. `pieces`: each file split into consecutive
   * items, dropping an incomplete last one. `stretch`: each file resampled to one item, whatever its length; the display
   * then has no rate.
   */
  readonly cut?: "start" | "pieces" | "stretch";
  /** Whether to scale the set's peak to ±1; the display's scale then has the peak. Default false. */
  readonly normalise?: boolean;
  /** Receives what was assumed and left out, as sentences. */
  readonly note?: (sentence: string) => void;
}

/** Maximum ratio of sample rates when upsampling. */
const MAX_UPSAMPLING = 64;

/** Cuts a sound into items. */
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

/** Resamples the first `maxLength` samples of a sound to a rate. */
function atRate(sound: Sound, rate: number, maxLength: number, name: string): Sound {
  if (sound.rate === rate) return sound;
  const ratio = sound.rate / rate;
  // A damaged file that declares a tiny rate would otherwise expand a thousandfold.
  if (ratio < 1 / MAX_UPSAMPLING) {
    throw new DataError(`${name} has a sample rate of ${sound.rate} Hz, too low to resample to ${rate} Hz.`);
  }
  const length = Math.min(maxLength, Math.floor((sound.samples.length - 1) / ratio) + 1);
  requireMemory({ purpose: `${name} at ${rate} Hz`, bytes: 4 * length });
  return { rate, samples: resampleSound(sound.samples, length, ratio) };
}

/** Says what the first samples of sounds leave out, or what pads them. */
function startNote(seconds: number, lengths: readonly number[]): string {
  const shown = (value: number) => `${+value.toPrecision(3)} s`;
  const longest = lengths.reduce((a, b) => Math.max(a, b)),
    shorter = lengths.filter((one) => one < seconds).length;
  const left = longest > seconds ? `; the rest, up to ${shown(longest)}, is left out` : "";
  const padded = shorter > 0 ? `; ${shorter} of ${lengths.length} are shorter and padded with silence` : "";
  return `the first ${shown(seconds)} of each sound are read${left}${padded}: --cut pieces reads all`;
}

/**
 * Creates the data set of the WAV, FLAC, MP3 and Ogg files of a folder, sorted by name.
 *
 * @param source Folder.
 * @param options How sounds are cut.
 * @throws {DataError} If there are none, one is damaged, rates differ and none is given, or none fills an item.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If an option is out of range.
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
 *
 * @category Curves and sounds
 */
export async function wavFolder(source: FileSource, options: WavOptions = {}): Promise<Dataset> {
  const { samples = 4096, cut = "start", normalise = false } = options;
  if (!Number.isInteger(samples) || samples < 2) {
    throw new RangeError(`samples must be an integer above 1, got ${samples}`);
  }
  if (options.rate !== undefined && !(options.rate >= 1 && options.rate <= 1e6)) {
    throw new RangeError(`the sample rate must be from 1 to 1,000,000 Hz, got ${options.rate}`);
  }
  const names = filesOfFormat(await source.list(), "wav", "flac", "mp3", "ogg");
  if (names.length === 0) throw new DataError(`${source.location} has no WAV, FLAC, MP3 or Ogg files.`);
  // Items, their concatenation, times, and the features of one.
  const bytes = (length: number) => (8 * names.length + 8) * length;
  requireMemory({
    purpose: `${source.location}, ${names.length} sounds with ${samples} samples each,`,
    bytes: cut === "pieces" ? 8 * samples : bytes(samples),
    parameters: [{ name: "samples", value: samples, least: 2, bytes }],
  });
  const all: Float32Array[] = [], lengths: number[] = [];
  let rate = options.rate;
  for (const name of names) {
    const sound = await readSound(await source.read(name), name);
    if (options.rate === undefined && cut !== "stretch" && sound.rate !== (rate ??= sound.rate)) {
      throw new DataError(
        `${name} has a sample rate of ${sound.rate} Hz, ${
          names[0]
        } of ${rate} Hz: say which with --rate ${rate}.`,
      );
    }
    lengths.push(sound.samples.length / sound.rate);
    const maxLength = cut === "start" ? samples : Infinity;
    const items = itemsOf(cut === "stretch" ? sound : atRate(sound, rate!, maxLength, name), options);
    for (const item of items) all.push(item);
  }
  if (all.length === 0) {
    throw new DataError(`No file of ${source.location} has the ${samples} samples of an item.`);
  }
  if (cut === "start") options.note?.(startNote(samples / rate!, lengths));
  requireMemory({
    purpose: `${source.location}, ${all.length} items with ${samples} samples each,`,
    bytes: 4 * all.length * samples,
  });
  const values = new Float32Array(all.length * samples);
  all.forEach((item, i) => values.set(item, i * samples));
  const peak = normalise ? values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) : 1;
  if (peak === 0) throw new DataError(`All sounds of ${source.location} are silent.`);
  return curveDataset(source.location, {
    count: all.length,
    samples,
    values,
    ...(cut !== "stretch" && { rate: rate! }),
    scale: normalise ? { low: -peak, high: peak } : FULL_SCALE,
  });
}

/**
 * Creates a data set of the rows of an array: 16-bit integers are sound, floats within [-1, 1] are unchanged, others are
 * scaled by their range.
 *
 * @param name Display name.
 * @param shape `[items, samples]`.
 * @param values Elements.
 * @param metadata Sample rate and scale.
 * @param metadata.rate Sample rate in Hz.
 * @param metadata.scale Values that map to -1 and 1.
 * @throws {DataError} If values are not finite, or all equal.
 *
 * @example
 * ```ts
 * import { arrayCurves } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = arrayCurves("ramps", [2, 3], Float32Array.of(0, 1, 2, 2, 1, 0), { scale: { low: 0, high: 2 } });
 * assertEquals(await set.batch([0]), Float32Array.of(-1, 0, 1));
 * ```
 *
 * @category Curves and sounds
 */
export function arrayCurves(
  name: string,
  [count, samples]: readonly [number, number],
  values: Float32Array | Int16Array,
  metadata: { readonly rate?: number; readonly scale?: ValueScale } = {},
): Dataset {
  if (samples < 2) throw new DataError(`${name}: functions need at least 2 samples, got ${samples}.`);
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new DataError(`${name} has a value that is not finite (${value}).`);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) throw new DataError(`${name}: all values are ${low}: there is nothing to learn.`);
  const inferred = values instanceof Int16Array
    ? INT16_SCALE
    : low >= -1 && high <= 1
    ? FULL_SCALE
    : { low, high };
  return curveDataset(name, { count, samples, values, ...metadata, scale: metadata.scale ?? inferred });
}
