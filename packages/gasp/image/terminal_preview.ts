/**
 * Small pictures in a terminal: each character is the upper half of a cell, so that it shows two pixels, one in the
 * text colour above one in the background colour.
 *
 * @module
 */
import type { RasterImage } from "./image.ts";

/**
 * What colours a terminal has: any (`COLORTERM=truecolor`), or the 256 of xterm.
 *
 * @category Pictures
 */
export type TerminalColours = "truecolor" | "256";

type Colour = readonly [red: number, green: number, blue: number];

const RESET = "\x1b[0m";

/** Means of the source pixels under each pixel of a smaller picture. */
function shrink(image: RasterImage, height: number, width: number): Colour[] {
  const { channels, pixels } = image;
  return Array.from({ length: height * width }, (_, target) => {
    const row = Math.floor(target / width), column = target % width;
    const top = Math.floor(row * image.height / height);
    const bottom = Math.max(top + 1, Math.floor((row + 1) * image.height / height));
    const left = Math.floor(column * image.width / width);
    const right = Math.max(left + 1, Math.floor((column + 1) * image.width / width));
    const sums = [0, 0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        for (let c = 0; c < channels; c++) sums[c]! += pixels[(y * image.width + x) * channels + c]!;
      }
    }
    const [red, green, blue] = sums.map((sum) => Math.round(sum / ((bottom - top) * (right - left))));
    return channels === 1 ? [red!, red!, red!] : [red!, green!, blue!];
  });
}

/** Number of a colour of xterm: 16–231 are a cube of levels 0, 95, 135, …, 255; 232–255 are greys 8, 18, …, 238. */
function xtermNumber([red, green, blue]: Colour): number {
  if (red === green && green === blue) {
    if (red < 4) return 16;
    return red > 246 ? 231 : 232 + Math.min(23, Math.round((red - 8) / 10));
  }
  const level = (value: number) => value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  return 16 + 36 * level(red) + 6 * level(green) + level(blue);
}

function escapeCode(layer: 38 | 48, colour: Colour, colours: TerminalColours): string {
  const code = colours === "256" ? `5;${xtermNumber(colour)}` : `2;${colour.join(";")}`;
  return `\x1b[${layer};${code}m`;
}

/**
 * A picture as text with colour codes, shrunk to fit.
 *
 * @param image The picture.
 * @param columns Most characters in a line.
 * @param colours What the terminal can show.
 * @returns Lines, each with a line feed at its end; colours are reset at the end of each.
 *
 * @example
 * ```ts
 * import { terminalPreview } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const image = { height: 2, width: 4, channels: 1, pixels: new Uint8Array(8) } as const;
 * assertEquals(terminalPreview(image, 80).split("\n").length, 2);
 * ```
 *
 * @category Pictures
 */
export function terminalPreview(
  image: RasterImage,
  columns: number,
  colours: TerminalColours = "truecolor",
): string {
  const width = Math.max(1, Math.min(Math.floor(columns), image.width));
  const height = Math.max(1, Math.round(image.height * width / image.width));
  const pixels = shrink(image, height, width);
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    let line = "", latest = "";
    for (let column = 0; column < width; column++) {
      const above = escapeCode(38, pixels[row * width + column]!, colours);
      const below = row + 1 < height ? escapeCode(48, pixels[(row + 1) * width + column]!, colours) : "";
      if (above + below !== latest) line += above + below;
      latest = above + below;
      line += "▀";
    }
    lines.push(`${line}${RESET}\n`);
  }
  return lines.join("");
}
