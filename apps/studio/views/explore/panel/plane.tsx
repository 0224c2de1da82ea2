/**
 * The plane through three pinned samples, under the pointer.
 *
 * @module
 */
import { latentOnPlane } from "@gasp/gasp/explore";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { latentsOfCells } from "../../../ui/latent_plane.ts";
import { Pad, type PadPosition } from "../../../ui/pad.tsx";
import { PictureCanvas } from "../../../ui/picture_canvas.tsx";
import { useLatents } from "../../../ui/use_latents.ts";
import { usePictures } from "../../../ui/use_pictures.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { pins, shown } from "../shared/state.ts";
import { THUMBNAIL } from "../../../ui/resolutions.ts";
import { PinButton } from "./pins.tsx";

type Corners = readonly [Float32Array, Float32Array, Float32Array];

/** Cells along an edge, and seed of the corners that are not pinned. */
const CELLS = 5, SEED = 11;

/** Where the corners lie: lower left, lower right, upper left; the plane goes on beyond them. */
const MARGIN = 0.6;

/** The latent at a position of the pad. */
function latentAt(corners: Corners, [x, y]: PadPosition): Float32Array {
  return latentOnPlane(corners, (x + MARGIN) / (2 * MARGIN), (y + MARGIN) / (2 * MARGIN));
}

/** A pad over the plane. */
export function Plane({ info }: { readonly info: ModelInfo }): JSX.Element {
  const [at, setAt] = useState<PadPosition>([0, 0]), corners = useCorners(info);
  useEffect(() => {
    if (corners) shown.value = latentAt(corners, at);
  }, [corners, at]);
  const mosaic = usePictures(useMemo(() => {
    if (!corners) return undefined;
    const latents = latentsOfCells(CELLS, (position) => latentAt(corners, position));
    return { ref: info.ref, latents, resolution: THUMBNAIL[info.display.kind] };
  }, [corners]));
  return (
    <>
      <p class="muted">
        The plane through the last three pins, with drawn samples where there are fewer. Its corners are the
        samples; beyond them it goes on.
      </p>
      <Pad label="Plane through three samples" at={at} onMove={setAt}>
        <PictureCanvas pictures={mosaic?.pictures} columns={CELLS} label="Samples of the plane" />
      </Pad>
      <PinButton />
    </>
  );
}

/** The last three pins, filled up with samples. */
function useCorners(info: ModelInfo): Corners | undefined {
  const drawn = useLatents(info, SEED, 3);
  const pinned = pins.value, { latentDim } = info;
  return useMemo(() => {
    if (!drawn) return undefined;
    const samples = [0, 1, 2].map((i) => drawn.subarray(i * latentDim, (i + 1) * latentDim));
    const [a, b, c] = [...pinned.slice(-3).map(({ latent }) => latent), ...samples];
    return [a!, b!, c!] as const;
  }, [drawn, pinned]);
}
