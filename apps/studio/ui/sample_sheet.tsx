/**
 * A sheet of samples of a model.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ModelInfo } from "../worker/core/models.ts";
import { PictureCanvas } from "./picture_canvas.tsx";
import { RESOLUTIONS } from "./resolutions.ts";
import { useLatents } from "./use_latents.ts";
import { usePictures } from "./use_pictures.ts";

/** Properties of {@link SampleSheet}. */
export interface SampleSheetProps {
  /** Model. */
  readonly info: ModelInfo;
  /** Random seed. */
  readonly seed: number;
  /** Number of samples. */
  readonly count: number;
  /** Samples per row. */
  readonly columns: number;
  /** What it shows, for screen readers. */
  readonly label: string;
}

/** Samples of a model. */
export function SampleSheet({ info, seed, count, columns, label }: SampleSheetProps): JSX.Element {
  const latents = useLatents(info, seed, count);
  const request = useMemo(
    () => latents && { ref: info.ref, latents, resolution: RESOLUTIONS[info.display.kind] },
    [info, latents],
  );
  const drawn = usePictures(request);
  return <PictureCanvas pictures={drawn?.pictures} columns={columns} gap={2} label={label} />;
}
