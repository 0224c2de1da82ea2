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
import type { Easel } from "./easel.ts";

/** Columns of the easel of a curve: levels are shown, places are times. */
const SLICE = 32;

/**
 * Returns the easel of a target.
 *
 * @param info Model.
 * @param seed Seed of the sample that is observed.
 * @param file Picture to observe instead, for models of images.
 * @param height Height of the slice of a shape that is observed, in [-1, 1].
 */
export function useTarget(
  info: ModelInfo | undefined,
  seed: number,
  file: Blob | undefined,
  height: number,
): Easel | undefined {
  const [made, setMade] = useState<{ readonly key: object; readonly easel: Easel }>();
  const [key, setKey] = useState<object>({});
  useEffect(() => {
    if (!info) return;
    const fresh = {};
    setKey(fresh);
    easelOf(info, seed, file, height).then((easel) => setMade({ key: fresh, easel }), reportError);
  }, [info, seed, file, height]);
  return made?.key === key ? made.easel : undefined;
}

async function easelOf(
  info: ModelInfo,
  seed: number,
  file: Blob | undefined,
  height: number,
): Promise<Easel> {
  const { ref, display, coordinateDim, featureDim } = info, client = compute();
  const sizes = { coordinateDim, featureDim };
  if (file && display.kind === "image") {
    const coordinates = displayCoordinates(display);
    const values = await featuresOfPicture(file, display);
    return { rows: display.height, columns: display.width, coordinates, values, ...sizes };
  }
  const latent = await client.call("latents", { ref, seed, count: 1 });
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
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels) * 4;
    // The luma of JPEG for models of grey pictures
    const level = channels === 3
      ? data[pixel + i % 3]!
      : 0.299 * data[pixel]! + 0.587 * data[pixel + 1]! + 0.114 * data[pixel + 2]!;
    return level / 127.5 - 1;
  });
}
