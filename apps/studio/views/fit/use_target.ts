/**
 * The function that is observed: a sample of the model, or a picture from disk.
 *
 * @module
 */
import { displayCoordinates, gridCoordinates } from "@gasp/datasets/display";
import { useEffect, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { reportError } from "../../state/notices.ts";
import type { ModelInfo } from "../../worker/core/models.ts";
import { withFeatures } from "./channels.ts";
import type { Easel } from "./easel.ts";
import { pointsBeside, type SurfaceEasel } from "./surface.ts";

/** Rows and columns of a slice of a shape. */
const SLICE = 32;
/** Grid nodes along an axis, from which the surface of a shape is traced: its vertices are the places. */
const TRACED = 24;

/** What of a function is observed. */
export interface Target {
  /** Model. */
  readonly info: ModelInfo | undefined;
  /** Seed of the sample that is observed. */
  readonly seed: number;
  /** Picture to observe instead, for models of images. */
  readonly file?: Blob | undefined;
  /** Height of the slice of a shape that is observed, in [-1, 1]. Default: 0. */
  readonly height?: number;
  /** Whether the surface of a shape is observed instead of a slice. */
  readonly onSurface?: boolean;
}

/**
 * Returns the easel of a target.
 *
 * @param target What is observed.
 * @returns Undefined while it is computed.
 */
export function useTarget(
  { info, seed, file, height = 0, onSurface = false }: Target,
): Easel | SurfaceEasel | undefined {
  const [made, setMade] = useState<{ readonly key: object; readonly easel: Easel }>();
  const [key, setKey] = useState<object>({});
  useEffect(() => {
    if (!info) return;
    const fresh = {};
    setKey(fresh);
    easelOf(info, { seed, file, height, onSurface }).then(
      (easel) => setMade({ key: fresh, easel }),
      reportError,
    );
  }, [info, seed, file, height, onSurface]);
  return made?.key === key ? made.easel : undefined;
}

async function easelOf(
  info: ModelInfo,
  { seed, file, height, onSurface }: Required<Omit<Target, "info">>,
): Promise<Easel | SurfaceEasel> {
  const { ref, display, coordinateDim, featureDim } = info, client = compute();
  const sizes = { coordinateDim, featureDim };
  if (file && display.kind === "image") {
    const coordinates = displayCoordinates(display);
    const values = await featuresOfPicture(file, display);
    return { rows: display.height, columns: display.width, coordinates, values, ...sizes };
  }
  const latent = await client.call("latents", { ref, seed, count: 1 });
  if (display.kind === "volume" && onSurface) {
    const surface = await client.call("surface", { ref, latent, resolution: TRACED });
    const coordinates = pointsBeside(surface), columns = surface.positions.length / 3;
    const values = await client.call("values", { ref, latent, coordinates });
    return { rows: 1, columns, points: 2, surface, coordinates, values, ...sizes };
  }
  if (display.kind === "volume") {
    const plane = gridCoordinates([SLICE, SLICE]), coordinates = new Float32Array(SLICE * SLICE * 3);
    // Rows go from the back to the front, columns from left to right
    for (let i = 0; i < SLICE * SLICE; i++) {
      coordinates.set([plane[2 * i + 1]!, -plane[2 * i]!, height], 3 * i);
    }
    const values = await client.call("values", { ref, latent, coordinates });
    return { rows: SLICE, columns: SLICE, coordinates, values, ...sizes };
  }
  const { values, coordinates, display: shown } = await client.call("target", { ref, latent });
  const [rows, columns] = shown.kind === "image"
    ? [shown.height, shown.width]
    : shown.kind === "sphere"
    ? [shown.latitudes, shown.longitudes]
    : [1, values.length / featureDim];
  return { rows, columns, coordinates, values, ...sizes };
}

/** The middle of a picture at the size of the data, as features. */
async function featuresOfPicture(
  file: Blob,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
): Promise<Float32Array> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("that file is not a picture that this browser can read: choose a PNG, JPEG or WebP file");
  });
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  const [w, h] = [bitmap.width * scale, bitmap.height * scale];
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  const colours = Float32Array.from(data.filter((_, i) => i % 4 < 3), (level) => level / 127.5 - 1);
  return withFeatures(colours, 3, channels)!;
}
