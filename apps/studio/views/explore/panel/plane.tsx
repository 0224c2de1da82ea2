/**
 * The plane through three pinned samples, under the pointer.
 *
 * @module
 */
import { latentOnPlane } from "@gasp/gasp/explore";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import { Pad, type PadPosition } from "../../../ui/pad.tsx";
import { PictureCanvas } from "../../../ui/picture_canvas.tsx";
import { usePictures } from "../../../ui/use_pictures.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { pins, shown } from "../shared/state.ts";
import { THUMBNAIL } from "../stage/sizes.ts";
import { PinButton } from "./pins.tsx";

type Corners = readonly [Float32Array, Float32Array, Float32Array];

const CELLS = 5;

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
    const latents = new Float32Array(CELLS * CELLS * info.latentDim);
    const centre = (i: number) => (2 * i + 1) / CELLS - 1;
    for (let i = 0; i < CELLS * CELLS; i++) {
      const latent = latentAt(corners, [centre(i % CELLS), -centre(Math.floor(i / CELLS))]);
      latents.set(latent, i * info.latentDim);
    }
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
function useCorners({ ref, latentDim }: ModelInfo): Corners | undefined {
  const [drawn, setDrawn] = useState<Float32Array>();
  useEffect(() => {
    compute().call("latents", { ref, seed: 11, count: 3 }).then(setDrawn, reportError);
  }, [ref]);
  const pinned = pins.value;
  return useMemo(() => {
    if (!drawn) return undefined;
    const samples = [0, 1, 2].map((i) => drawn.subarray(i * latentDim, (i + 1) * latentDim));
    const [a, b, c] = [...pinned.slice(-3).map(({ latent }) => latent), ...samples];
    return [a!, b!, c!] as const;
  }, [drawn, pinned]);
}
