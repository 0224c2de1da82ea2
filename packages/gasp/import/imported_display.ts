/**
 * How samples of a generator are shown whose file does not say it.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { UserError } from "../config/user_error.ts";
import type { GeneratorModel } from "./generator_source.ts";

/**
 * Kinds of samples that the authors released.
 *
 * @category Checkpoints
 */
export const SHOWN_KINDS = ["image", "volume", "sphere"] as const;

/**
 * One of {@link SHOWN_KINDS}.
 *
 * @category Checkpoints
 */
export type ShownKind = (typeof SHOWN_KINDS)[number];

/** Coordinates and features that each kind needs. */
const NEEDS: Readonly<
  Record<ShownKind, { readonly coordinates: number; readonly features: readonly number[] }>
> = {
  image: { coordinates: 2, features: [1, 3] },
  volume: { coordinates: 3, features: [1] },
  sphere: { coordinates: 3, features: [1] },
};

/** Longitudes for each latitude: the authors' grid has 46 × 90 points. */
const LONGITUDES = 90 / 46;

/** What the features -1 and 1 are in the authors' fields: the range of their training set. */
const TEMPERATURE = { low: 202.66, high: 320.93, units: "K", quantity: "2 metre temperature" };

/**
 * The kind of samples: pictures in the plane; in space shapes, or, where the coordinates are encoded, fields on the sphere.
 *
 * @param model The networks.
 * @returns `undefined` if there is no such kind.
 */
export function guessKind({ coordinateDim, featureDim, frequencies }: GeneratorModel): ShownKind | undefined {
  const space: ShownKind = frequencies === null ? "volume" : "sphere";
  const kind = coordinateDim === 2 ? "image" : space;
  return fits(kind, coordinateDim, featureDim) ? kind : undefined;
}

function fits(kind: ShownKind, coordinateDim: number, featureDim: number): boolean {
  return NEEDS[kind].coordinates === coordinateDim && NEEDS[kind].features.includes(featureDim);
}

/**
 * How samples of a kind are shown.
 *
 * @param kind The kind.
 * @param model The networks.
 * @param resolution Rows of a picture or of the sphere, points along an axis.
 * @throws {UserError} If the networks do not give samples of this kind.
 */
export function displayOf(kind: ShownKind, model: GeneratorModel, resolution: number): Display {
  const { coordinateDim, featureDim } = model;
  if (!fits(kind, coordinateDim, featureDim)) {
    const { coordinates, features } = NEEDS[kind];
    throw new UserError(
      `samples of kind ${kind} have coordinates of ${coordinates} and features of ${
        features.join(" or ")
      } numbers, ` +
        `but this generator has ${coordinateDim} and ${featureDim}`,
    );
  }
  switch (kind) {
    case "image":
      return { kind, height: resolution, width: resolution, channels: featureDim === 3 ? 3 : 1 };
    case "volume":
      return { kind, resolution };
    case "sphere":
      return {
        kind,
        latitudes: resolution,
        longitudes: Math.round(resolution * LONGITUDES),
        scale: TEMPERATURE,
      };
  }
}
