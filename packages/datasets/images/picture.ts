/**
 * Single images, and their conversion to items of a data set: grey or colour, then a square of the requested size.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { PictureFit } from "../core/read_options.ts";
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

/**
 * Returns `ink · light / 255`, rounded as Pillow does when it converts CMYK.
 *
 * @param ink Byte of a colour.
 * @param light 255 less the byte of black.
 */
export function inkShare(ink: number, light: number): number {
  const product = ink * light + 128;
  return ((product >> 8) + product) >> 8;
}

/**
 * Turns and mirrors an image by an Exif orientation.
 *
 * @param picture Image as stored.
 * @param orientation 1 (as stored) to 8.
 * @returns The image as it is to be seen; `picture` itself for 1.
 */
export function orientPicture(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { height: rows, width: columns, channels, pixels: source } = picture;
  const isTurned = orientation >= 5, height = isTurned ? columns : rows, width = isTurned ? rows : columns;
  const fromRight = [2, 3, 7, 8].includes(orientation), fromBottom = [3, 4, 6, 7].includes(orientation);
  const pixels = new Uint8Array(source.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [along, down] = isTurned ? [row, column] : [column, row];
      const x = fromRight ? columns - 1 - along : along, y = fromBottom ? rows - 1 - down : down;
      for (let c = 0; c < channels; c++) pixels[at++] = source[(y * columns + x) * channels + c]!;
    }
  }
  return { height, width, channels, pixels };
}

/** Grey of padding. */
const PADDING = 255;

/**
 * Converts an image to a square.
 *
 * @param picture Image.
 * @param resolution Height and width of the result.
 * @param fit `crop`: the centre, as {@link squarePicture}; `pad`: all of it, centred on white; `squeeze`: all of it, with its
 * proportions changed.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the resolution is not a positive integer.
 *
 * @example All of a wide picture, on white
 * ```ts
 * import { fitToSquare } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const wide = { height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 0) } as const;
 * assertEquals([...fitToSquare(wide, 2, "pad").pixels], [0, 0, 255, 255]);
 * ```
 *
 * @category Pictures
 */
export function fitToSquare(picture: Picture, resolution: number, fit: PictureFit): Picture {
  if (fit === "crop" || picture.height === picture.width) return squarePicture(picture, resolution);
  const long = Math.max(picture.height, picture.width);
  const scaled = (side: number) =>
    fit === "squeeze" ? resolution : Math.max(1, Math.round(resolution * side / long));
  const height = scaled(picture.height), width = scaled(picture.width);
  const resized = resizeWindow(picture, { height, width }, { top: 0, left: 0, height, width });
  if (fit === "squeeze") return resized;
  const { channels } = picture, pixels = new Uint8Array(resolution * resolution * channels).fill(PADDING);
  const top = (resolution - height) >> 1, left = (resolution - width) >> 1;
  for (let row = 0; row < height; row++) {
    const line = resized.pixels.subarray(row * width * channels, (row + 1) * width * channels);
    pixels.set(line, ((top + row) * resolution + left) * channels);
  }
  return { height: resolution, width: resolution, channels, pixels };
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
