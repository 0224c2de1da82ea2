/**
 * Values at arbitrary points of the plane or of space.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { latest } from "../../../rpc/latest.ts";
import { compute } from "../../../state/compute.ts";
import { reportError } from "../../../state/notices.ts";
import type { StageProps } from "./stage_props.ts";

/** Pixels along an edge. */
const PIXELS = 160;

/** The first feature on the plane of the first two coordinates, the others 0. */
export default function CloudStage({ info, latent }: StageProps): JSX.Element {
  const { ref, coordinateDim, featureDim } = info, canvas = useRef<HTMLCanvasElement>(null);
  const draw = useMemo(() =>
    latest(async (latent: Float32Array) => {
      const coordinates = new Float32Array(PIXELS * PIXELS * coordinateDim);
      const at = (i: number) => (2 * i + 1) / PIXELS - 1;
      for (let i = 0; i < PIXELS * PIXELS; i++) {
        const place = [at(i % PIXELS), -at(Math.floor(i / PIXELS))].slice(0, coordinateDim);
        coordinates.set(place, i * coordinateDim);
      }
      const values = await compute().call("values", { ref, latent, coordinates });
      const pixels = new ImageData(PIXELS, PIXELS);
      for (let i = 0; i < PIXELS * PIXELS; i++) {
        const grey = (values[i * featureDim]! + 1) * 127.5;
        pixels.data.set([grey, grey, grey, 255], 4 * i);
      }
      canvas.current?.getContext("2d")?.putImageData(pixels, 0, 0);
    }, reportError), [ref]);
  useEffect(() => draw(latent), [latent]);
  return (
    <>
      <canvas
        ref={canvas}
        class="picture"
        width={PIXELS}
        height={PIXELS}
        role="img"
        aria-label="The first feature over the first two coordinates"
      />
      <p class="caption stage-bar">The first feature over the first two coordinates, others at 0</p>
    </>
  );
}
