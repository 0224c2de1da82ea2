/**
 * A sheet of samples of the chosen model.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { model } from "../state/model.ts";
import { PictureCanvas } from "./picture_canvas.tsx";
import { useLatents } from "./use_latents.ts";
import { usePictures } from "./use_pictures.ts";

/** Rows or points along an axis, by kind. */
const RESOLUTIONS = { image: 64, volume: 24, sphere: 46, curve: 256, cloud: 32 } as const;

/** Properties of {@link SampleSheet}. */
export interface SampleSheetProps {
  /** Random seed. Default: 0. */
  readonly seed?: number;
  /** Number of samples. Default: 24. */
  readonly count?: number;
  /** Samples per row. Default: 8. */
  readonly columns?: number;
}

/** Samples of the chosen model. */
export function SampleSheet({ seed = 0, count = 24, columns = 8 }: SampleSheetProps): JSX.Element {
  const info = model.value;
  const latents = useLatents(info, seed, count);
  const request = useMemo(
    () => info && latents && { ref: info.ref, latents, resolution: RESOLUTIONS[info.display.kind] },
    [info, latents],
  );
  const drawn = usePictures(request);
  return <PictureCanvas pictures={drawn?.pictures} columns={columns} gap={2} label={`${count} samples`} />;
}
