/**
 * Validation of the display (how a sample is shown) that is stored in files.
 * @module
 */
import type {
  CloudDisplay,
  CurveDisplay,
  Display,
  ImageDisplay,
  SphereBounds,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "@gasp/datasets";
import type { ModelConfig } from "./run_settings.ts";
import { UserError } from "./user_error.ts";
import {
  fields,
  listOf,
  nonEmptyText,
  numberWithin,
  oneOf,
  optionalField,
  positiveNumber,
  type Schema,
  validate,
  variants,
  wholeNumber,
} from "./validate.ts";

const scale: Schema<ValueScale> = fields<ValueScale>({
  low: numberWithin(-Infinity, Infinity, "a number"),
  high: numberWithin(-Infinity, Infinity, "a number"),
  units: optionalField(nonEmptyText("the name of a unit")),
  quantity: optionalField(nonEmptyText("the name of a quantity")),
});

const bounds: Schema<SphereBounds> = fields<SphereBounds>({
  north: numberWithin(-90, 90, "a latitude"),
  south: numberWithin(-90, 90, "a latitude"),
  west: numberWithin(-180, 180, "a longitude"),
  east: numberWithin(-180, 540, "a longitude"),
});

/** Largest side of a grid, as of the option `--resolution`. */
const MAX_SIDE = 65_536;

const displaySchema: Schema<Display> = variants<Display>("kind", {
  image: fields<ImageDisplay>({
    kind: oneOf(["image"]),
    height: wholeNumber(1, MAX_SIDE),
    width: wholeNumber(1, MAX_SIDE),
    channels: oneOf([1, 3]),
    scale: optionalField(scale),
  }),
  volume: fields<VolumeDisplay>({ kind: oneOf(["volume"]), resolution: wholeNumber(2, MAX_SIDE) }),
  sphere: fields<SphereDisplay>({
    kind: oneOf(["sphere"]),
    latitudes: wholeNumber(2, MAX_SIDE),
    longitudes: wholeNumber(1, MAX_SIDE),
    bounds: optionalField(bounds),
    scale,
  }),
  curve: fields<CurveDisplay>({
    kind: oneOf(["curve"]),
    samples: wholeNumber(2, 2 ** 31 - 1),
    rate: optionalField(positiveNumber()),
    scale: optionalField(scale),
  }),
  cloud: fields<CloudDisplay>({ kind: oneOf(["cloud"]), scales: listOf(scale, 1) }),
});

/** Coordinate dimensions of the grids. */
const COORDINATES = { image: 2, volume: 3, sphere: 3, curve: 1, cloud: undefined } as const;

/**
 * Validates a display.
 *
 * @param value Parsed JSON from the metadata of a file.
 * @param model Dimensions of the model whose samples are displayed.
 * @throws {UserError} For the first field that is unknown, missing or out of range, or if it is not a display of such samples.
 */
export function parseDisplay(value: unknown, model: ModelConfig): Display {
  const display = validate(displaySchema, value, "its display");
  const coordinateDim = COORDINATES[display.kind] ?? model.coordinateDim;
  if (coordinateDim !== model.coordinateDim) {
    throw new UserError(
      `its display is of kind ${display.kind}, with ${coordinateDim} coordinates, but its model has ${model.coordinateDim}`,
    );
  }
  const featureDim = featuresOf(display);
  if (featureDim !== model.featureDim) {
    throw new UserError(
      `its display is of ${featureDim} features, but its model has ${model.featureDim}`,
    );
  }
  return display;
}

/** Returns the feature dimension of a display. */
function featuresOf(display: Display): number {
  if (display.kind === "image") return display.channels;
  return display.kind === "cloud" ? display.scales.length : 1;
}
