/**
 * A picture of a sample, for browsers without WebGL.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { PictureCanvas } from "../../../ui/picture_canvas.tsx";
import { usePictures } from "../../../ui/use_pictures.ts";
import type { StageProps } from "./stage_props.ts";

/** A picture at a resolution. */
export function PictureStage(
  { info: { ref }, latent, resolution }: StageProps & { readonly resolution: number },
): JSX.Element {
  const drawn = usePictures(useMemo(() => ({ ref, latents: latent, resolution }), [ref, latent, resolution]));
  return <PictureCanvas pictures={drawn?.pictures} label="The sample" />;
}
