/**
 * Validation of the display (how a sample is shown) that is stored in files.
 * @module
 */
import type {
  CloudDisplay,
  CurveDisplay,
  Display,
  ImageDisplay,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "@gasp/datasets";
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

const displaySchema: Schema<Display> = variants<Display>("kind", {
  image: fields<ImageDisplay>({
    kind: oneOf(["image"]),
    height: wholeNumber(1),
    width: wholeNumber(1),
    channels: oneOf([1, 3]),
    scale: optionalField(scale),
  }),
  volume: fields<VolumeDisplay>({ kind: oneOf(["volume"]), resolution: wholeNumber(2) }),
  sphere: fields<SphereDisplay>({
    kind: oneOf(["sphere"]),
    latitudes: wholeNumber(2),
    longitudes: wholeNumber(1),
    scale,
  }),
  curve: fields<CurveDisplay>({
    kind: oneOf(["curve"]),
    samples: wholeNumber(2),
    rate: optionalField(positiveNumber()),
    scale: optionalField(scale),
  }),
  cloud: fields<CloudDisplay>({ kind: oneOf(["cloud"]), scales: listOf(scale, 1) }),
});

/**
 * Validates a display.
 *
 * @param value Parsed JSON from the metadata of a file.
 * @throws {UserError} For the first field that is unknown, missing or out of range.
 */
export function parseDisplay(value: unknown): Display {
  return validate(displaySchema, value, "its display");
}
