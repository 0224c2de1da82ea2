/**
 * Sample values in the units of the data: npz archives for all kinds, and CSV tables of curves.
 * @module
 */
import type { CurveDisplay, Display, ValueScale } from "@gasp/datasets";
import { FileFormatError, openNpz, parseNpy, writeNpz } from "@gasp/tensor";
import type { Samples } from "../sampling/sampler.ts";
import { UserError } from "../config/user_error.ts";
import { describeScale, inUnits } from "./draw/ticks.ts";

/** Scale of a feature; undefined if there is none, as for colours. */
function scaleOf(display: Display, feature: number): ValueScale | undefined {
  switch (display.kind) {
    case "cloud":
      return display.scales[feature];
    case "volume":
      return undefined;
    default:
      return display.scale;
  }
}

/**
 * Encodes an npz archive of `coordinates` `[points, coordinateDim]` and `features` `[samples, points, featureDim]`.
 *
 * @param samples Samples of any kind.
 */
export function encodeNpz({ values, display, coordinates, coordinateDim, featureDim }: Samples): Uint8Array {
  const points = coordinates.length / coordinateDim;
  const features = values.map((value, i) => inUnits(value, scaleOf(display, i % featureDim)));
  return writeNpz([
    ["coordinates", { shape: [points, coordinateDim], data: coordinates }],
    ["features", { shape: [values.length / (points * featureDim), points, featureDim], data: features }],
  ]);
}

/**
 * Encodes a CSV table with a row for each time and a column for each sample.
 *
 * @param values Features, `[samples, times]`.
 * @param display Sampling rate and units.
 */
export function encodeCsv(values: Float32Array, { samples: times, rate, scale }: CurveDisplay): Uint8Array {
  const samples = values.length / times;
  const words = describeScale(scale).replaceAll(/[",\n]/g, " ");
  const names = Array.from({ length: samples }, (_, i) => `sample ${i}${words && `: ${words}`}`);
  const lines = [[rate === undefined ? "t" : "seconds", ...names].join(",")];
  for (let time = 0; time < times; time++) {
    const at = rate === undefined ? 2 * time / (times - 1) - 1 : time / rate;
    const row = Array.from({ length: samples }, (_, i) => inUnits(values[i * times + time]!, scale));
    lines.push([at, ...row].join(","));
  }
  return new TextEncoder().encode(lines.join("\n") + "\n");
}

/**
 * Reads the coordinates to evaluate samples at.
 *
 * @param bytes An npy file of coordinates `[points, coordinateDim]`, or an npz archive with an array `coordinates` of that
 *   shape; from `[items, points, coordinateDim]` the first item is read.
 * @param name Name of the file, for messages.
 * @param coordinateDim Coordinate dimension of the model.
 * @returns `[points, coordinateDim]`.
 * @throws {UserError} If the file has another format or shape, or is damaged.
 * @throws {MemoryError} If the coordinates do not fit in memory.
 *
 * @example
 * ```ts
 * import { readCoordinates } from "@gasp/gasp";
 * import { writeNpy } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpy({ shape: [2, 1], data: Float32Array.of(-1, 1) });
 * assertEquals(readCoordinates(file, "points.npy", 1), Float32Array.of(-1, 1));
 * ```
 *
 * @category Files of samples
 */
export function readCoordinates(bytes: Uint8Array, name: string, coordinateDim: number): Float32Array {
  const array = explain(name, () => {
    if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return parseNpy(bytes);
    const arrays = openNpz(bytes);
    return arrays.get("coordinates")?.read() ?? [...arrays.keys()].join(", ");
  });
  if (typeof array === "string") {
    throw new UserError(`${name} has no array named coordinates; its arrays are ${array || "none"}`);
  }
  const { shape, data } = array, points = shape.at(-2) ?? 0, found = shape.at(-1);
  if (shape.length < 2 || shape.length > 3 || found !== coordinateDim || data.length === 0) {
    throw new UserError(
      `the coordinates in ${name} have shape (${
        shape.join(", ")
      }), but the model needs (points, ${coordinateDim})`,
    );
  }
  const coordinates = Float32Array.from({ length: points * coordinateDim }, (_, i) => Number(data[i]));
  if (!coordinates.every(Number.isFinite)) {
    throw new UserError(
      `the coordinates in ${name} have values that are not finite: remove those points`,
    );
  }
  return coordinates;
}

function explain<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new UserError(
      `${name} cannot be read: ${error.message}. Expected an npy or npz file with coordinates`,
      error,
    );
  }
}
