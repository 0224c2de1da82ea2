/**
 * Resizes images by Pillow's antialiased bilinear filter (that of torchvision's `Resize` on PIL images) in its integer
 * arithmetic: columns first, then rows, rounded to bytes between the two passes.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { ImageSet } from "./images.ts";

/** Fractional bits of the filter's weights. */
const PRECISION = 22;

/** A range of samples along an axis. */
interface Span {
  readonly first: number;
  readonly length: number;
}

/** Source samples and weights of an output sample. */
interface Tap {
  readonly first: number;
  readonly weights: Int32Array;
}

/**
 * Computes the normalised triangle filter of half width `max(1, from / to)` around the centre of each output sample.
 *
 * @param from Source samples along the axis.
 * @param to Output samples along the axis.
 * @param span Output samples to compute.
 */
function triangleTaps(from: number, to: number, span: Span): readonly Tap[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: span.length }, (_, i) => {
    const sample = span.first + i, centre = (sample + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const triangle = Array.from(
      { length: end - first },
      (_, i) => Math.max(0, 1 - Math.abs((first + i - centre + 0.5) / support)),
    );
    const sum = triangle.reduce((total, weight) => total + weight, 0);
    return {
      first,
      weights: Int32Array.from(triangle, (weight) => Math.round(weight / sum * 2 ** PRECISION)),
    };
  });
}

const TAPS_CACHE_SIZE = 64;
const tapsCache = new Map<string, readonly Tap[]>();

/** Caches {@link triangleTaps}, since the images of a folder tend to have few different sizes. */
function cachedTaps(from: number, to: number, span: Span = { first: 0, length: to }): readonly Tap[] {
  const key = `${from} ${to} ${span.first} ${span.length}`;
  const cached = tapsCache.get(key);
  if (cached !== undefined) return cached;
  const taps = triangleTaps(from, to, span);
  if (tapsCache.size >= TAPS_CACHE_SIZE) tapsCache.clear();
  tapsCache.set(key, taps);
  return taps;
}

/**
 * Resamples the middle axis of `[outer, from, inner]`.
 *
 * @param source Bytes.
 * @param outer Product of the preceding axes.
 * @param from Length of the axis.
 * @param inner Product of the following axes.
 * @param taps Weights of the output samples.
 * @returns Bytes `[outer, taps, inner]`.
 */
function resampleAxis(
  source: Uint8Array,
  outer: number,
  from: number,
  inner: number,
  taps: readonly Tap[],
): Uint8Array {
  const to = taps.length;
  const result = new Uint8Array(outer * to * inner);
  for (let block = 0; block < outer; block++) {
    for (let sample = 0; sample < to; sample++) {
      const { first, weights } = taps[sample]!;
      for (let i = 0; i < inner; i++) {
        let sum = 1 << (PRECISION - 1);
        for (let tap = 0; tap < weights.length; tap++) {
          sum += weights[tap]! * source[(block * from + first + tap) * inner + i]!;
        }
        result[(block * to + sample) * inner + i] = Math.min(255, sum >> PRECISION);
      }
    }
  }
  return result;
}

/**
 * Resizes images.
 *
 * @param images Images.
 * @param height New height.
 * @param width New width.
 * @returns The resized images with their labels, or `images` itself if it has that size.
 * @throws {MemoryError} If the result does not fit in memory.
 * @throws {RangeError} If a size is not a positive integer.
 *
 * @example
 * ```ts
 * import { resizeImages } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const images = { count: 1, height: 2, width: 2, channels: 1, pixels: Uint8Array.of(0, 0, 100, 100) } as const;
 * assertEquals(resizeImages(images, 1, 1).pixels, Uint8Array.of(50));
 * ```
 *
 * @category Pictures
 */
export function resizeImages(images: ImageSet, height: number, width: number): ImageSet {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new RangeError(`The sizes of an image must be positive integers, got ${height}×${width}.`);
  }
  if (height === images.height && width === images.width) return images;
  const { count, channels } = images;
  const bytes = (rows: number) => {
    const columns = Math.ceil(width * rows / height);
    // Intermediate and result.
    return count * channels * columns * ((width === images.width ? 0 : images.height) + rows);
  };
  requireMemory({
    purpose: `resizing ${count} images of ${images.height}×${images.width} to ${height}×${width}`,
    bytes: bytes(height),
    parameters: [{ name: "resolution", value: height, bytes }],
  });
  const columns = width === images.width ? images.pixels : resampleAxis(
    images.pixels,
    count * images.height,
    images.width,
    channels,
    cachedTaps(images.width, width),
  );
  const pixels = height === images.height
    ? columns
    : resampleAxis(columns, count, images.height, width * channels, cachedTaps(images.height, height));
  return { ...images, height, width, pixels };
}

/** A single image of a set. */
type SingleImage = Omit<ImageSet, "count" | "labels">;

/** A window of an image. */
export interface PictureWindow {
  /** First row. */
  readonly top: number;
  /** First column. */
  readonly left: number;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/**
 * Computes a window of a resized image: the same bytes as resizing the whole and cropping.
 *
 * @param picture Image.
 * @param size Size of the whole image after resizing.
 * @param size.height Rows.
 * @param size.width Columns.
 * @param window Window in pixels of the resized image.
 * @returns The window.
 * @throws {MemoryError} If it does not fit in memory.
 */
export function resizeWindow(
  picture: SingleImage,
  { height, width }: { readonly height: number; readonly width: number },
  window: PictureWindow,
): SingleImage {
  const { channels } = picture;
  const rowTaps = cachedTaps(picture.height, height, { first: window.top, length: window.height });
  const columnTaps = cachedTaps(picture.width, width, { first: window.left, length: window.width });
  const last = rowTaps.at(-1)!, firstRow = rowTaps[0]!.first;
  const rows = last.first + last.weights.length - firstRow;
  requireMemory({
    purpose: `resizing an image of ${picture.height}×${picture.width} to ${window.height}×${window.width}`,
    bytes: channels * window.width * (rows + window.height),
  });
  const rowSize = picture.width * channels;
  const needed = picture.pixels.subarray(firstRow * rowSize, (firstRow + rows) * rowSize);
  const columns = resampleAxis(needed, rows, picture.width, channels, columnTaps);
  const shifted = rowTaps.map(({ first, weights }) => ({ first: first - firstRow, weights }));
  const pixels = resampleAxis(columns, 1, rows, window.width * channels, shifted);
  return { height: window.height, width: window.width, channels, pixels };
}
