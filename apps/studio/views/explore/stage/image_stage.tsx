/**
 * An image as an endless canvas, beside the grid that the model was trained on.
 *
 * @module
 */
import { atResolution, resolutionOf } from "@gasp/datasets/display";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { param, setParams } from "../../../state/route.ts";
import { Icon } from "../../../ui/icons.tsx";
import { drawPictures } from "../../../ui/picture_canvas.tsx";
import { Slider } from "../../../ui/slider.tsx";
import { usePictures } from "../../../ui/use_pictures.ts";
import { useGestures } from "./gestures.ts";
import type { StageProps } from "./stage_props.ts";
import { type Box, type Overlay, TilePainter } from "./tile_painter.ts";
import { type Camera, WHOLE_SPAN, zoomedAt } from "./tiles.ts";

/** The camera in the address: centre, and height of the canvas in the plane. */
const look = param("look");
/** Share of the canvas that shows the training grid, in percent. */
const grid = param("grid", "0");

/** The whole image with a margin. */
const WHOLE = `0,0,${WHOLE_SPAN}`;

/** An image. */
export default function ImageStage({ info, latent }: StageProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null), painter = useRef<TilePainter>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = canvas.current!,
      observer = new ResizeObserver(() => {
        const { width, height } = element.getBoundingClientRect(), ratio = Math.min(2, devicePixelRatio);
        setSize({ width: Math.round(width * ratio), height: Math.round(height * ratio) });
      });
    observer.observe(element);
    painter.current = new TilePainter(element);
    return () => {
      observer.disconnect();
      painter.current?.stop();
    };
  }, []);
  const camera = cameraOf(look.value || WHOLE, size.height), share = Number(grid.value) / 100 || 0;
  const overlay = useTrainingGrid({ info, latent }, share);
  useEffect(() => {
    if (size.width === 0) return;
    const element = canvas.current!;
    if (element.width !== size.width) element.width = size.width;
    if (element.height !== size.height) element.height = size.height;
    painter.current?.show({ info, latent }, camera, learnedBox(info), overlay);
  }, [info, latent, look.value, overlay, size]);
  const setCamera = (next: Camera) => {
    setParams({
      look: [next.x, next.y, size.height / next.scale].map((value) => Number(value.toPrecision(7))).join(),
    });
  };
  useGestures(canvas, size, () => cameraOf(look.value || WHOLE, size.height), setCamera);
  const zoom = (factor: number) => setCamera(zoomedAt(camera, factor, [0, 0]));
  const training = resolutionOf(info.display), times = camera.scale * 2 / training;
  return (
    <>
      <canvas
        ref={canvas}
        class="endless"
        tabIndex={0}
        role="img"
        aria-label="The sample as an endless canvas. Drag to move, scroll to zoom; arrow keys, plus and minus do the same, 0 shows all."
        data-ready="false"
      />
      <div class="row stage-bar">
        <button type="button" class="icon-button" aria-label="Zoom in" onClick={() => zoom(1.6)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="icon-button" aria-label="Zoom out" onClick={() => zoom(1 / 1.6)}>
          <Icon name="minus" />
        </button>
        <button type="button" class="button" onClick={() => setParams({ look: undefined })}>Show all</button>
        <Slider
          label="Training grid, from the left"
          value={100 * share}
          min={0}
          max={100}
          step={1}
          show={(value) => `${value} %`}
          onInput={(value) => setParams({ grid: value === 0 ? undefined : String(value) })}
        />
        <p class="caption" role="status">
          {times >= 1 && Number.isFinite(times)
            ? `${
              times.toFixed(times < 10 ? 1 : 0)
            } pixels of the screen for one of ${training} rows in training. The function goes on beyond the data, but nothing taught it there.`
            : ""}
        </p>
      </div>
    </>
  );
}

function cameraOf(text: string, height: number): Camera {
  const [x = 0, y = 0, span = 2] = text.split(",").map(Number);
  const isUsable = [x, y, span].every(Number.isFinite) && span > 0;
  return isUsable
    ? { x, y, scale: Math.max(1, height) / span }
    : { x: 0, y: 0, scale: Math.max(1, height) / 2 };
}

/** The image at the pixels of the training data, each as a square. */
function useTrainingGrid({ info, latent }: StageProps, share: number): Overlay | undefined {
  const { ref, display } = info, isShown = share > 0;
  const request = useMemo(() => {
    return isShown ? { ref, latents: latent, resolution: resolutionOf(display) } : undefined;
  }, [ref, latent, isShown]);
  const drawn = usePictures(request);
  return useMemo(() => {
    if (!drawn || !isShown) return undefined;
    const picture = document.createElement("canvas");
    drawPictures(picture, drawn.pictures, 1, 0);
    return { picture, box: learnedBox(info), share };
  }, [drawn, share]);
}

/** Returns the part of the plane that the pixels of the training data cover; their centres fill it from -1 to 1. */
function learnedBox({ display }: StageProps["info"]): Box {
  const { height, width } = { height: 2, width: 2, ...atResolution(display, resolutionOf(display)) };
  const pixel = 2 / (height - 1);
  return [-1 - pixel / 2, -1 - pixel / 2, width * pixel, height * pixel];
}
