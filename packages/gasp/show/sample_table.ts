/**
 * Samples as plain numbers in the data's own units: npz archives of every kind, and tables of curves.
 * @module
 */
import type { CurveDisplay, Display, ValueScale } from "@gasp/datasets";
import { FileFormatError, openNpz, parseNpy, writeNpz } from "@gasp/tensor";
import type { Samples } from "../sampling/sampler.ts";
import { UserError } from "../config/user_error.ts";
import { describeScale, inUnits } from "./draw/ticks.ts";

/** Units of a feature; undefined where they are not known, as for colours. */
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
 * An npz archive of `coordinates` `[points, coordinateDim]` and `features` `[samples, points, featureDim]`.
 *
 * @param samples Any number of samples of any kind.
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
 * A table with a line for each time and a column for each sample, as comma-separated values.
 *
 * @param values Features, `[samples, times]`.
 * @param display Rate and units.
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
 * Reads where samples are to be evaluated.
 *
 * @param bytes An npy file of coordinates `[points, coordinateDim]`, or an npz archive with an array `coordinates` of this
 *   shape, or `[items, points, coordinateDim]`, of which the first item is taken.
 * @param name Name of the file for messages.
 * @param coordinateDim Numbers of a coordinate that the model takes.
 * @returns `[points, coordinateDim]`.
 * @throws {UserError} If the file is of another kind or damaged, or holds other shapes.
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
    throw new UserError(`${name} has no array named coordinates, only ${array || "nothing"}: add it`);
  }
  const { shape, data } = array, points = shape.at(-2) ?? 0, found = shape.at(-1);
  if (shape.length < 2 || shape.length > 3 || found !== coordinateDim || data.length === 0) {
    throw new UserError(
      `the coordinates in ${name} have shape (${
        shape.join(", ")
      }), but the model takes (points, ${coordinateDim})`,
    );
  }
  const coordinates = Float32Array.from({ length: points * coordinateDim }, (_, i) => Number(data[i]));
  if (!coordinates.every(Number.isFinite)) {
    throw new UserError(
      `the coordinates in ${name} hold numbers that are not finite: leave these points out`,
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
      `${name} cannot be read: ${error.message}. Give an npy or npz file with coordinates`,
      error,
    );
  }
}
