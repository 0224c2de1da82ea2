/**
 * The first view: a plane through latent space to move in, and the gallery of models.
 *
 * @module
 */
import type { JSX } from "preact";
import { Gallery } from "./gallery.tsx";
import { LatentPlane } from "./latent_plane.tsx";

/** The view. */
export default function Start(): JSX.Element {
  return (
    <section class="view start">
      <LatentPlane />
      <Gallery />
    </section>
  );
}
