/**
 * Chooses the display for a generator whose file does not contain one.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { UserError } from "../config/user_error.ts";
import type { GeneratorModel } from "./generator_source.ts";

/**
 * Kinds of samples of the authors' released generators.
 *
 * @category Checkpoints
 */
export const SAMPLE_KINDS = ["image", "volume", "sphere"] as const;

/**
 * One of {@link SAMPLE_KINDS}.
 *
 * @category Checkpoints
 */
export type SampleKind = (typeof SAMPLE_KINDS)[number];

/** Coordinate and feature dimensions of each kind. */
const NEEDS: Readonly<
  Record<SampleKind, { readonly coordinates: number; readonly features: readonly number[] }>
> = {
  image: { coordinates: 2, features: [1, 3] },
  volume: { coordinates: 3, features: [1] },
  sphere: { coordinates: 3, features: [1] },
};

/** Longitudes per latitude: the grid of section 5.3 has 46 × 90 points. */
const LONGITUDES = 90 / 46;

/** Temperatures of the features -1 and 1 in the authors' data: the range of their training set. */
const TEMPERATURE = { low: 202.66, high: 320.93, units: "K", quantity: "2 metre temperature" };

/**
 * Infers the kind of samples: images for 2D coordinates; for 3D coordinates shapes, or fields on the sphere if the coordinates
 * are encoded.
 *
 * @param model Sizes of the networks.
 * @returns `undefined` if no kind matches.
 */
export function guessKind(
  { coordinateDim, featureDim, frequencies }: GeneratorModel,
): SampleKind | undefined {
  const space: SampleKind = frequencies === null ? "volume" : "sphere";
  const kind = coordinateDim === 2 ? "image" : space;
  return fits(kind, coordinateDim, featureDim) ? kind : undefined;
}

function fits(kind: SampleKind, coordinateDim: number, featureDim: number): boolean {
  return NEEDS[kind].coordinates === coordinateDim && NEEDS[kind].features.includes(featureDim);
}

/**
 * Returns the display of a kind of samples.
 *
 * @param kind Kind of the samples.
 * @param model Sizes of the networks.
 * @param resolution Rows of an image or of the sphere, voxels along an axis.
 * @throws {UserError} If the dimensions of the networks do not match the kind.
 */
export function displayOf(kind: SampleKind, model: GeneratorModel, resolution: number): Display {
  const { coordinateDim, featureDim } = model;
  if (!fits(kind, coordinateDim, featureDim)) {
    const { coordinates, features } = NEEDS[kind];
    throw new UserError(
      `samples of kind ${kind} have coordinate dimension ${coordinates} and feature dimension ${
        features.join(" or ")
      }, but this generator has ${coordinateDim} and ${featureDim}`,
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
