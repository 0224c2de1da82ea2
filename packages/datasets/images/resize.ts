/**
 * Pictures at another resolution: the antialiased bilinear filter of Pillow (and so of torchvision's `Resize` on
 * pictures), in its integer arithmetic: columns first, then rows, a byte between the two passes.
 *
 * @module
 */
import type { ImageSet } from "./images.ts";

/** Binary places of the filter's weights. */
const PRECISION = 22;

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
 */
function triangleTaps(from: number, to: number): readonly Tap[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, sample) => {
    const centre = (sample + 0.5) * scale;
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
function tapsFor(from: number, to: number): readonly Tap[] {
  const key = `${from} ${to}`;
  const kept = tapsKept.get(key);
  if (kept !== undefined) return kept;
  const taps = triangleTaps(from, to);
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
 * @param to New length of the axis.
 * @returns Bytes `[outer, to, inner]`.
 */
function resampleAxis(
  source: Uint8Array,
  outer: number,
  from: number,
  inner: number,
  to: number,
): Uint8Array {
  if (from === to) return source;
  const taps = tapsFor(from, to);
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
 * @throws {RangeError} If a size is not a positive whole number.
 */
export function resizeImages(images: ImageSet, height: number, width: number): ImageSet {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new RangeError(`Pictures are resized to positive whole sizes, got ${height}×${width}.`);
  }
  if (height === images.height && width === images.width) return images;
  const { count, channels } = images;
  const columns = resampleAxis(images.pixels, count * images.height, images.width, channels, width);
  const pixels = resampleAxis(columns, count, images.height, width * channels, height);
  return { ...images, height, width, pixels };
}
