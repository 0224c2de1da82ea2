/**
 * Single images, and their conversion to items of a data set: grey or colour, then a square of the requested size.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { resizeWindow } from "./resize.ts";

/**
 * An image with one byte per channel. (`Image` is a DOM type.)
 *
 * @category Pictures
 */
export interface Picture {
  /** Rows of pixels. */
  readonly height: number;
  /** Columns of pixels. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Values `[height, width, channels]`. */
  readonly pixels: Uint8Array;
}

/**
 * Converts an image to grey or RGB. Colour is converted to grey by the luma of ITU-R 601, in Pillow's integer arithmetic.
 *
 * @param picture Image.
 * @param channels 1 or 3.
 * @returns The converted image, or `picture` itself if it has that many channels.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { withChannels } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(8) } as const;
 * assertEquals(withChannels(grey, 3).pixels, Uint8Array.of(8, 8, 8));
 * ```
 *
 * @category Pictures
 */
export function withChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  const { height, width, pixels: source } = picture;
  requireMemory({ purpose: `an image of ${height}×${width}`, bytes: height * width * channels });
  const pixels = new Uint8Array(height * width * channels);
  if (channels === 3) {
    for (let i = 0; i < source.length; i++) pixels.fill(source[i]!, 3 * i, 3 * i + 3);
  } else {
    for (let i = 0; i < pixels.length; i++) {
      const [red, green, blue] = [source[3 * i]!, source[3 * i + 1]!, source[3 * i + 2]!];
      pixels[i] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
    }
  }
  return { height, width, channels, pixels };
}

/** Halves a margin, rounding half to even like Python's `round` in torchvision's `CenterCrop`. */
function halfMargin(margin: number): number {
  const half = Math.floor(margin / 2);
  return margin % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

/**
 * Resizes an image and crops its centre square, as torchvision's `Resize` and `CenterCrop` do: the short side is resized to
 * the resolution (the long side in proportion, rounded down) by Pillow's antialiased bilinear filter. Pixels outside the
 * square are not computed.
 *
 * @param picture Image.
 * @param resolution Height and width of the result.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the resolution is not a positive integer.
 *
 * @example The centre of a wide image
 * ```ts
 * import { squarePicture } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { height: 1, width: 3, channels: 1, pixels: Uint8Array.of(9, 5, 9) } as const;
 * assertEquals(squarePicture(picture, 1).pixels, Uint8Array.of(5));
 * ```
 *
 * @category Pictures
 */
export function squarePicture(picture: Picture, resolution: number): Picture {
  if (!Number.isInteger(resolution) || resolution < 1) {
    throw new RangeError(`The size of an image must be a positive integer, got ${resolution}.`);
  }
  const short = Math.min(picture.height, picture.width);
  const height = Math.floor((resolution * picture.height) / short);
  const width = Math.floor((resolution * picture.width) / short);
  if (height === picture.height && width === picture.width && height === width) return picture;
  return resizeWindow(picture, { height, width }, {
    top: halfMargin(height - resolution),
    left: halfMargin(width - resolution),
    height: resolution,
    width: resolution,
  });
}
