/**
 * Pictures at another resolution: the antialiased bilinear filter of Pillow (and so of torchvision's `Resize` on
 * pictures), in its integer arithmetic: columns first, then rows, a byte between the two passes.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { ImageSet } from "./images.ts";

/** Binary places of the filter's weights. */
const PRECISION = 22;

/** Neighbouring samples along an axis. */
interface Span {
  readonly first: number;
  readonly length: number;
}

/** Weights of the source samples that make one output sample. */
interface Tap {
  readonly first: number;
  readonly weights: Int32Array;
}

/**
 * The triangle filter of half width `max(1, from / to)` around the centre of each output sample, normalised.
 *
 * @param from Samples along the axis of the source.
 * @param to Samples along the axis of the result.
 * @param span Output samples that are wanted.
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

const TAPS_KEPT = 64;
const tapsKept = new Map<string, readonly Tap[]>();

/** As {@link triangleTaps}; the latest are kept, since the pictures of a folder tend to have the same few sizes. */
function tapsFor(from: number, to: number, span: Span = { first: 0, length: to }): readonly Tap[] {
  const key = `${from} ${to} ${span.first} ${span.length}`;
  const kept = tapsKept.get(key);
  if (kept !== undefined) return kept;
  const taps = triangleTaps(from, to, span);
  if (tapsKept.size >= TAPS_KEPT) tapsKept.clear();
  tapsKept.set(key, taps);
  return taps;
}

/**
 * Resamples one axis of `[outer, from, inner]`.
 *
 * @param source Bytes.
 * @param outer Product of the axes before.
 * @param from Length of the axis.
 * @param inner Product of the axes after.
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
 * Pictures at another size; those that have it already are returned as they are.
 *
 * @param images The pictures.
 * @param height New height.
 * @param width New width.
 * @returns The pictures resampled, with their labels.
 * @throws {MemoryError} If the result does not fit in memory.
 * @throws {RangeError} If a size is not a positive whole number.
 *
 * @example
 * ```ts
 * import { resizeImages } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const images = { count: 1, height: 2, width: 2, channels: 1, pixels: Uint8Array.of(0, 0, 100, 100) } as const;
 * assertEquals(resizeImages(images, 1, 1).pixels, Uint8Array.of(50));
 * ```
 */
export function resizeImages(images: ImageSet, height: number, width: number): ImageSet {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new RangeError(`Pictures are resized to positive whole sizes, got ${height}×${width}.`);
  }
  if (height === images.height && width === images.width) return images;
  const { count, channels } = images;
  const bytes = (rows: number) => {
    const columns = Math.ceil(width * rows / height);
    // Between the two passes, and the result.
    return count * channels * columns * ((width === images.width ? 0 : images.height) + rows);
  };
  requireMemory({
    purpose: `resizing ${count} pictures of ${images.height}×${images.width} to ${height}×${width}`,
    bytes: bytes(height),
    parameters: [{ name: "resolution", value: height, bytes }],
  });
  const columns = width === images.width ? images.pixels : resampleAxis(
    images.pixels,
    count * images.height,
    images.width,
    channels,
    tapsFor(images.width, width),
  );
  const pixels = height === images.height
    ? columns
    : resampleAxis(columns, count, images.height, width * channels, tapsFor(images.height, height));
  return { ...images, height, width, pixels };
}

/** A single picture of a set. */
type OneImage = Omit<ImageSet, "count" | "labels">;

/** A part of a picture. */
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
 * A part of a picture at another size, without the rest of it: the same bytes as resizing the whole and cutting the part out.
 *
 * @param picture The picture.
 * @param size Rows and columns of the whole picture when it is resized.
 * @param size.height Rows.
 * @param size.width Columns.
 * @param window The part, in pixels of the resized picture.
 * @returns Pixels of the part.
 * @throws {MemoryError} If it does not fit in memory.
 */
export function resizeWindow(
  picture: OneImage,
  { height, width }: { readonly height: number; readonly width: number },
  window: PictureWindow,
): OneImage {
  const { channels } = picture;
  const rowTaps = tapsFor(picture.height, height, { first: window.top, length: window.height });
  const columnTaps = tapsFor(picture.width, width, { first: window.left, length: window.width });
  const last = rowTaps.at(-1)!, firstRow = rowTaps[0]!.first;
  const rows = last.first + last.weights.length - firstRow;
  requireMemory({
    purpose: `resizing a picture of ${picture.height}×${picture.width} to ${window.height}×${window.width}`,
    bytes: channels * window.width * (rows + window.height),
  });
  const rowSize = picture.width * channels;
  const needed = picture.pixels.subarray(firstRow * rowSize, (firstRow + rows) * rowSize);
  const columns = resampleAxis(needed, rows, picture.width, channels, columnTaps);
  const shifted = rowTaps.map(({ first, weights }) => ({ first: first - firstRow, weights }));
  const pixels = resampleAxis(columns, 1, rows, window.width * channels, shifted);
  return { height: window.height, width: window.width, channels, pixels };
}
