/**
 * Values at arbitrary points of the plane or of space.
 *
 * @module
 */
import type { JSX } from "preact";
import { PictureStage } from "./picture_stage.tsx";
import type { StageProps } from "./stage_props.ts";

/** Pixels along an edge. */
const PIXELS = 160;

/** The first features over the first two coordinates, the others 0. */
export default function CloudStage({ info, latent }: StageProps): JSX.Element {
  return (
    <>
      <PictureStage info={info} latent={latent} resolution={PIXELS} />
      <p class="caption stage-bar">
        {info.coordinateDim === 1
          ? "The feature over the coordinate"
          : "The feature over the first two coordinates, others at 0"}
      </p>
    </>
  );
}
