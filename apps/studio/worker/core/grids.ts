/**
 * The grids on which functions are shown and observed.
 *
 * @module
 */
import { atResolution, type Display, displayCoordinates } from "@gasp/datasets/display";
import type { Samples } from "@gasp/gasp/sample";
import type { ModelInfo, OpenModel } from "./models.ts";

/** A display, and its points. */
export interface Grid {
  /** Kind and size. */
  readonly display: Display;
  /** `[points, coordinateDim]`. */
  readonly coordinates: Float32Array;
}

/**
 * Returns the grid of a model's data at a resolution. Clouds have none: of them a curve is shown if they have one coordinate and
 * one feature, else a picture of the first two coordinates, the others 0.
 *
 * @param info Model.
 * @param resolution Rows, points along an axis or samples.
 */
export function gridOf(
  { display, coordinateDim, featureDim }: Pick<ModelInfo, "display" | "coordinateDim" | "featureDim">,
  resolution: number,
): Grid {
  if (display.kind !== "cloud") {
    const sized = atResolution(display, resolution);
    return { display: sized, coordinates: displayCoordinates(sized) };
  }
  if (coordinateDim === 1 && featureDim === 1) {
    const [scale] = display.scales;
    const curve = { kind: "curve", samples: resolution, ...(scale && { scale }) } as const;
    return { display: curve, coordinates: displayCoordinates(curve) };
  }
  const at = (i: number) => (2 * i + 1) / resolution - 1;
  const coordinates = new Float32Array(resolution ** 2 * coordinateDim);
  for (let i = 0; i < resolution ** 2; i++) {
    // The first coordinate to the right, the second one upwards
    const place = [at(i % resolution), -at(Math.floor(i / resolution))].slice(0, coordinateDim);
    coordinates.set(place, i * coordinateDim);
  }
  const channels = featureDim === 3 ? 3 : 1;
  return { display: { kind: "image", height: resolution, width: resolution, channels }, coordinates };
}

/**
 * Samples a model on the grid of its data.
 *
 * @param model Model.
 * @param latents `[count, latentDim]`.
 * @param resolution See {@link gridOf}.
 */
export async function sampleGrid(
  { sampler, weights, info }: OpenModel,
  latents: Float32Array,
  resolution: number,
): Promise<Samples> {
  const grid = gridOf(info, resolution);
  return samplesOn(grid, info, await sampler.sample(weights, latents, grid.coordinates));
}

/**
 * Returns values on a grid as samples to draw.
 *
 * @param grid Grid.
 * @param info Model.
 * @param values `[count, points, featureDim]`.
 */
export function samplesOn(
  { display, coordinates }: Grid,
  { coordinateDim, featureDim }: Pick<ModelInfo, "coordinateDim" | "featureDim">,
  values: Float32Array,
): Samples {
  if (display.kind !== "image" || display.channels === featureDim) {
    return { values, display, coordinates, coordinateDim, featureDim };
  }
  // A cloud with two features, or many: a picture shows the first
  const first = values.filter((_, i) => i % featureDim === 0);
  return { values: first, display, coordinates, coordinateDim, featureDim: 1 };
}
