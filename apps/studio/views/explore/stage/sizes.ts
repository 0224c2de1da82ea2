/**
 * Resolutions of small pictures.
 *
 * @module
 */
import type { ModelInfo } from "../../../worker/core/models.ts";

/** Rows, voxels along an axis or points of small pictures, by kind. */
export const THUMBNAIL: Readonly<Record<ModelInfo["display"]["kind"], number>> = {
  image: 48,
  volume: 20,
  sphere: 32,
  curve: 192,
  cloud: 16,
};
