/**
 * The preset that suits the data, if none is named.
 * @module
 */
import type { DataKind, Dataset } from "@gasp/datasets";

/** Presets by kind of data: those that take minutes to hours on a computer of today. */
const PRESET_OF_KIND: Readonly<Record<DataKind, string>> = {
  digits: "digits",
  images: "photos32",
  shapes: "chairs16",
  occupancy: "points",
  climate: "climate",
  curves: "sounds",
  glyphs: "photos32",
  points: "points",
};

/** Least number of points of presets of the presets for pictures, fields and sounds. */
const MANY_POINTS = 1024;

/**
 * Chooses a preset by the kind of data, before they are opened.
 *
 * @param kind Kind of data.
 */
export function presetOfKind(kind: DataKind): string {
  return PRESET_OF_KIND[kind];
}

/**
 * Chooses a preset by what the data are found to be, once they are open: fields with gaps, of several variables or of a
 * region are points, and small pictures are as digits.
 *
 * @param preset Preset by the kind of data.
 * @param data Data, opened at the resolution of that preset.
 */
export function presetOfData(preset: string, { display, pointCount }: Dataset): string {
  if (display.kind === "cloud") return "points";
  if (pointCount >= MANY_POINTS) return preset;
  return display.kind === "image" ? "digits" : "points";
}
