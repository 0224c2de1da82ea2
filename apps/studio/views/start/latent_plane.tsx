/**
 * A plane through latent space as a mosaic of samples, and the sample under the pointer.
 *
 * @module
 */
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { model } from "../../state/model.ts";
import { linkTo, param, setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { latentAt, latentsOfCells } from "../../ui/latent_plane.ts";
import { Pad, type PadPosition } from "../../ui/pad.tsx";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { useLatents } from "../../ui/use_latents.ts";
import { type TimedPictures, usePictures } from "../../ui/use_pictures.ts";
import type { ModelInfo } from "../../worker/core/models.ts";

/** How samples of each kind are drawn: cells of the mosaic along an edge, and resolutions. */
const SIZES: Readonly<Record<ModelInfo["display"]["kind"], { cells: number; small: number; large: number }>> =
  {
    image: { cells: 7, small: 48, large: 256 },
    volume: { cells: 5, small: 16, large: 40 },
    sphere: { cells: 5, small: 32, large: 128 },
    curve: { cells: 5, small: 128, large: 512 },
    cloud: { cells: 5, small: 16, large: 32 },
  };

const seed = param("seed", "1"), at = param("at", "0.1,0.15");

function positionOf(text: string): PadPosition {
  const [x = 0, y = 0] = text.split(",").map(Number);
  return [Number.isFinite(x) ? x : 0, Number.isFinite(y) ? y : 0];
}

/** The mosaic, the sample, and what moves them. */
export function LatentPlane(): JSX.Element {
  const info = model.value, position = useComputed(() => positionOf(at.value)).value;
  const three = useLatents(info, Number(seed.value) || 0, 3);
  const [x, y] = position;
  const mosaic = usePictures(useMemo(() => {
    if (!info || !three) return undefined;
    const { cells, small } = SIZES[info.display.kind];
    return {
      ref: info.ref,
      latents: latentsOfCells(cells, (position) => latentAt(three, position)),
      resolution: small,
    };
  }, [info, three]));
  const sample = usePictures(useMemo(() => {
    if (!info || !three) return undefined;
    return { ref: info.ref, latents: latentAt(three, [x, y]), resolution: SIZES[info.display.kind].large };
  }, [info, three, x, y]));
  const cells = info ? SIZES[info.display.kind].cells : 1;
  const move = (to: PadPosition) => setParams({ at: to.map((value) => value.toFixed(3)).join() });
  return (
    <div class="hero" data-kind={info?.display.kind}>
      <div class="hero-text">
        <h1>Every sample is a function.</h1>
        <p class="lead">
          A network maps a point of latent space to another network, which gives a value at any coordinate: a
          picture, a shape or a field at any resolution. Move over the plane to choose a point.
        </p>
        <div class="row">
          <button
            type="button"
            class="button primary"
            onClick={() => setParams({ seed: String((Number(seed.value) || 0) + 1) })}
          >
            <Icon name="dice" /> Another plane
          </button>
          <a class="button" href={linkTo("explore")}>Explore</a>
          <a class="button" href={linkTo("train")}>Train your own</a>
        </div>
        <p class="caption" role="status">{captionOf(sample)}</p>
      </div>
      <figure class="hero-plane">
        <Pad label="Plane through latent space" at={position} onMove={move}>
          <PictureCanvas
            pictures={mosaic?.pictures}
            columns={cells}
            label={`${cells * cells} samples of a plane through latent space`}
          />
        </Pad>
        <figcaption>A plane through latent space</figcaption>
      </figure>
      <figure class="hero-sample">
        <PictureCanvas pictures={sample?.pictures} label="The sample at the mark" />
        <figcaption>The function at the mark</figcaption>
      </figure>
    </div>
  );
}

/** Says what was evaluated, and how fast. */
function captionOf(sample: TimedPictures | undefined): string {
  if (!sample) return "Opening the model …";
  const { pictures: { width, height }, milliseconds } = sample;
  return `${(width * height).toLocaleString("en")} pixels in ${Math.max(1, Math.round(milliseconds))} ms`;
}
