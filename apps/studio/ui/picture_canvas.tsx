/**
 * Canvases that show pictures from the worker.
 *
 * @module
 */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Pictures } from "../worker/core/rgba.ts";

/** Properties of {@link PictureCanvas}. */
export interface PictureCanvasProps {
  /** Pictures of equal size; undefined while they are computed. */
  readonly pictures: Pictures | undefined;
  /** Pictures per row. Default: 1. */
  readonly columns?: number;
  /** Pixels between pictures. Default: 0. */
  readonly gap?: number;
  /** What it shows, for screen readers. */
  readonly label: string;
  /** Whether magnified pixels stay squares; else they are smoothed. */
  readonly isCrisp?: boolean;
}

/** Shows pictures in rows. The canvas has the pixels of the pictures; the style sheet says how large it is. */
export function PictureCanvas(
  { pictures, columns = 1, gap = 0, label, isCrisp = false }: PictureCanvasProps,
): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current && pictures) drawPictures(canvas.current, pictures, columns, gap);
  }, [pictures, columns, gap]);
  return (
    <canvas
      ref={canvas}
      class={isCrisp ? "picture crisp" : "picture"}
      role="img"
      aria-label={label}
      aria-busy={pictures === undefined}
      data-ready={pictures !== undefined}
      width={1}
      height={1}
    />
  );
}

/**
 * Draws pictures in rows and sets the size of the canvas. Between pictures it stays transparent.
 *
 * @param canvas Canvas.
 * @param pictures Pictures of equal size.
 * @param columns Pictures per row.
 * @param gap Pixels between pictures.
 */
export function drawPictures(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  { count, height, width, pixels }: Pictures,
  columns: number,
  gap: number,
): void {
  const rows = Math.ceil(count / columns);
  const size = { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
  // Setting a size clears a canvas, which flickers when only the pictures change.
  if (canvas.width !== size.width) canvas.width = size.width;
  if (canvas.height !== size.height) canvas.height = size.height;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | null;
  for (let i = 0; i < count; i++) {
    const part = pixels.subarray(i * height * width * 4, (i + 1) * height * width * 4);
    const left = i % columns * (width + gap), top = Math.floor(i / columns) * (height + gap);
    context?.putImageData(new ImageData(part, width, height), left, top);
  }
}
