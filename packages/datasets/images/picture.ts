/**
 * One picture as bytes, and what is done to it before it is an item of a data set: grey or colour, then the square of the
 * asked size.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { resizeWindow } from "./resize.ts";

/** One picture, a byte a channel. */
export interface Picture {
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** Values `[height, width, channels]`. */
  readonly pixels: Uint8Array;
}

/**
 * A picture in grey or in colour. Colour turns to grey by the luma of ITU-R 601, in Pillow's integer arithmetic.
 *
 * @param picture The picture.
 * @param channels 1 or 3.
 * @returns The picture itself where it has as many.
 *
 * @example
 * ```ts
 * import { withChannels } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(8) } as const;
 * assertEquals(withChannels(grey, 3).pixels, Uint8Array.of(8, 8, 8));
 * ```
 */
export function withChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  const { height, width, pixels: source } = picture;
  requireMemory({ purpose: `a picture of ${height}×${width}`, bytes: height * width * channels });
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

/** Half of an odd margin goes to the even side, as Python's `round` and so torchvision's `CenterCrop` has it. */
function halfMargin(margin: number): number {
  const half = Math.floor(margin / 2);
  return margin % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

/**
 * The middle square of a picture: its short side is resized to the resolution (the long side in proportion, rounded down),
 * by Pillow's antialiased bilinear filter, and the middle cut out. These are torchvision's `Resize` and `CenterCrop`, but
 * what lies outside the square is not computed.
 *
 * @param picture The picture.
 * @param resolution Height and width of the result.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the resolution is not a positive whole number.
 *
 * @example The middle of a wide picture
 * ```ts
 * import { squarePicture } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { height: 1, width: 3, channels: 1, pixels: Uint8Array.of(9, 5, 9) } as const;
 * assertEquals(squarePicture(picture, 1).pixels, Uint8Array.of(5));
 * ```
 */
export function squarePicture(picture: Picture, resolution: number): Picture {
  if (!Number.isInteger(resolution) || resolution < 1) {
    throw new RangeError(`Pictures are resized to positive whole sizes, got ${resolution}.`);
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
