/**
 * Values of one function at points from an npz archive, as `sample` writes it: coordinates of the model, features in the
 * data's own units.
 * @module
 */
import { type Display, sphereCoordinatesAt, type ValueScale } from "@gasp/datasets";
import { FileFormatError, type NpyEntry, openNpz } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import type { PointSizes, PointValues } from "./observations.ts";

/**
 * What {@link readPointFile} takes besides the file.
 *
 * @category Exploration
 */
export interface PointFileOptions extends PointSizes {
  /** The file's name, for messages. */
  readonly name: string;
  /** How samples are shown, which says what their units are. */
  readonly display: Display;
  /** Which of the functions in the file. */
  readonly item: number;
}

/** How far from the unit sphere a point of it may lie. */
const OFF_SPHERE = 0.01;

/**
 * Reads `coordinates`, `[points, coordinateDim]` or `[items, points, coordinateDim]`, and `features`,
 * `[points, featureDim]` or `[items, points, featureDim]`, or `[points]` where `featureDim` is 1. On the sphere `latitude`
 * and `longitude`, `[points]` in degrees, may stand for `coordinates`.
 *
 * @param bytes The file.
 * @param options Sizes of the model and which item.
 * @throws {UserError} If the file is damaged or does not fit the model.
 * @throws {MemoryError} If its arrays do not fit in memory.
 * @category Exploration
 *
 * @example Features in the data's own units become those of the model, from -1 to 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readPointFile } from "@gasp/gasp/explore";
 * import { writeNpz } from "@gasp/tensor";
 *
 * const file = writeNpz([
 *   ["coordinates", { shape: [2, 1], data: Float32Array.of(0, 0.5) }],
 *   ["features", { shape: [2], data: Float32Array.of(10, 20) }],
 * ]);
 * const display = { kind: "cloud", scales: [{ low: 10, high: 30, unit: "°C", label: "temperature" }] } as const;
 * const sizes = { coordinateDim: 1, featureDim: 1 };
 * const { features } = readPointFile(file, { name: "points.npz", display, item: 0, ...sizes });
 * assertEquals(features, Float32Array.of(-1, 0));
 * ```
 */
export function readPointFile(bytes: Uint8Array, options: PointFileOptions): PointValues {
  const { name, display, coordinateDim, featureDim } = options;
  const arrays = entriesOf(bytes, name);
  const coordinates = onSphere(arrays, options) ?? itemOf(arrays, "coordinates", coordinateDim, options);
  if (display.kind === "sphere") checkSphere(coordinates, name);
  const features = itemOf(arrays, "features", featureDim, options);
  if (coordinates.length * featureDim !== features.length * coordinateDim) {
    throw new UserError(
      `${name} has ${coordinates.length / coordinateDim} points but features of ${
        features.length / featureDim
      }: ` +
        "give one row of each for every point",
    );
  }
  return {
    coordinates,
    features: features.map((value, i) => toFeature(value, scaleOf(display, i % featureDim))),
  };
}

/** Points of the sphere by their degrees, `undefined` where the file gives coordinates. */
function onSphere(
  arrays: ReadonlyMap<string, NpyEntry>,
  { name, display, coordinateDim }: PointFileOptions,
): Float32Array | undefined {
  if (display.kind !== "sphere" || arrays.has("coordinates")) return undefined;
  const latitude = arrays.get("latitude")?.read(), longitude = arrays.get("longitude")?.read();
  if (!latitude || !longitude) return undefined;
  const points = latitude.data.length, coordinates = new Float32Array(points * coordinateDim);
  if (longitude.data.length !== points) {
    throw new UserError(
      `${name} has ${points} latitudes and ${longitude.data.length} longitudes: give one of each for every point`,
    );
  }
  for (let i = 0; i < points; i++) {
    const [north, east] = [Number(latitude.data[i]), Number(longitude.data[i])];
    if (!(Math.abs(north) <= 90 && Math.abs(east) <= 360)) {
      throw new UserError(
        `point ${i} in ${name} lies at ${north}° north, ${east}° east: latitudes are degrees from -90 to 90, ` +
          "longitudes from -360 to 360",
      );
    }
    coordinates.set(sphereCoordinatesAt([north], [east]), i * coordinateDim);
  }
  return coordinates;
}

function checkSphere(coordinates: Float32Array, name: string): void {
  for (let i = 0; i < coordinates.length; i += 3) {
    const radius = Math.hypot(...coordinates.subarray(i, i + 3));
    if (Math.abs(radius - 1) > OFF_SPHERE) {
      throw new UserError(
        `point ${i / 3} in ${name} lies ${
          radius.toPrecision(3)
        } from the middle of the sphere, not 1: coordinates are ` +
          "(cos lat · cos lon, cos lat · sin lon, sin lat), or give arrays latitude and longitude in degrees",
      );
    }
  }
}

/** The arrays of a file, of which those that are not read are not expanded. */
function entriesOf(bytes: Uint8Array, name: string): Map<string, NpyEntry> {
  const entries = explained(name, () => openNpz(bytes)).entries();
  return new Map(entries.map(([key, entry]) => [
    key,
    { ...entry, read: () => explained(name, () => entry.read()) },
  ]));
}

function explained<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new UserError(
      `${name} cannot be read: ${error.message}. Give an npz file of coordinates and features`,
      error,
    );
  }
}

function itemOf(
  arrays: ReadonlyMap<string, NpyEntry>,
  key: string,
  width: number,
  { name, item }: PointFileOptions,
): Float32Array {
  const array = arrays.get(key)?.read();
  if (!array) {
    throw new UserError(
      `${name} has no array named ${key}, only ${[...arrays.keys()].join(", ") || "nothing"}: add it`,
    );
  }
  const { data } = array, shape = width === 1 && array.shape.length === 1 ? [...array.shape, 1] : array.shape;
  const [points = 0, found] = shape.slice(-2);
  if (shape.length < 2 || shape.length > 3 || found !== width || points === 0) {
    throw new UserError(
      `${key} in ${name} have shape (${shape.join(", ")}), but the model takes (points, ${width})`,
    );
  }
  const items = shape.length === 3 ? shape[0]! : 1, at = items === 1 ? 0 : item;
  if (at >= items) throw new UserError(`${name} holds items 0 to ${items - 1}, asked for ${item}`);
  const size = points * width;
  const values = Float32Array.from({ length: size }, (_, i) => Number(data[at * size + i]));
  if (!values.every(Number.isFinite)) {
    throw new UserError(`${key} in ${name} hold numbers that are not finite: leave these points out`);
  }
  return values;
}

function scaleOf(display: Display, feature: number): ValueScale | undefined {
  if (display.kind === "cloud") return display.scales[feature];
  return display.kind === "volume" ? undefined : display.scale;
}

/** From the data's own units to [-1, 1]. */
function toFeature(value: number, scale: ValueScale | undefined): number {
  return scale ? 2 * (value - scale.low) / (scale.high - scale.low) - 1 : value;
}
