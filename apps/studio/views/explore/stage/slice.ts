/**
 * Horizontal slices of a shape's function.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
import { compute } from "../../../state/compute.ts";

/** Pixels along an edge. */
const PIXELS = 96;
/** Inside, and outside, as red, green, blue. */
const INSIDE = [169, 58, 33], OUTSIDE = [120, 140, 160];

/**
 * Draws the function on a horizontal plane: inside and outside in two colours, stronger far from the surface.
 *
 * @param ref Reference of the model.
 * @param latent Latent of the shape.
 * @param height Height of the plane, in [-1, 1].
 */
export async function sliceTexture(
  ref: string,
  latent: Float32Array,
  height: number,
): Promise<three.Texture> {
  const coordinates = new Float32Array(PIXELS * PIXELS * 3), at = (i: number) => (2 * i + 1) / PIXELS - 1;
  for (let row = 0; row < PIXELS; row++) {
    // Rows of a texture go up, which is away from the viewer: y of the model
    for (let column = 0; column < PIXELS; column++) {
      coordinates.set([at(column), at(row), height], (row * PIXELS + column) * 3);
    }
  }
  const values = await compute().call("values", { ref, latent, coordinates });
  const pixels = new Uint8Array(PIXELS * PIXELS * 4);
  values.forEach((value, i) => {
    const [r, g, b] = value > 0 ? INSIDE : OUTSIDE;
    pixels.set([r!, g!, b!, value > 0 ? 150 + 105 * value : 110 * -value], 4 * i);
  });
  const texture = new three.DataTexture(pixels, PIXELS, PIXELS);
  texture.colorSpace = three.SRGBColorSpace;
  texture.magFilter = three.LinearFilter;
  texture.needsUpdate = true;
  return texture;
}
