/**
 * Channels of pictures.
 *
 * @module
 */
import { broadcastTo, type Tensor } from "@gasp/tensor";

/**
 * Repeats grey pictures in three channels.
 *
 * @param pictures `[batch, 1 or 3, height, width]`.
 * @returns `[batch, 3, height, width]`.
 */
export function broadcastChannels(pictures: Tensor): Tensor {
  return pictures.shape[1] === 3 ? pictures : broadcastTo(pictures, pictures.shape.with(1, 3));
}
