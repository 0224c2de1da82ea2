/**
 * A 5 × 7 bitmap font for labels.
 * @module
 */

/** Rows from top to bottom, each the 5 bits of a digit in base 32. */
const GLYPHS: Readonly<Record<string, string>> = {
  " ": "0000000",
  "0": "ehjlphe",
  "1": "4c4444e",
  "2": "eh1248v",
  "3": "v2421he",
  "4": "26aiv22",
  "5": "vgu11he",
  "6": "68guhhe",
  "7": "v124888",
  "8": "ehhehhe",
  "9": "ehhf12c",
  "A": "ehhvhhh",
  "B": "uhhuhhu",
  "C": "ehggghe",
  "D": "sihhhis",
  "E": "vgguggv",
  "F": "vgguggg",
  "G": "ehgnhhf",
  "H": "hhhvhhh",
  "I": "e44444e",
  "J": "72222ic",
  "K": "hikokih",
  "L": "ggggggv",
  "M": "hrllhhh",
  "N": "hhpljhh",
  "O": "ehhhhhe",
  "P": "uhhuggg",
  "Q": "ehhhlid",
  "R": "uhhukih",
  "S": "fgge11u",
  "T": "v444444",
  "U": "hhhhhhe",
  "V": "hhhhha4",
  "W": "hhhllla",
  "X": "hha4ahh",
  "Y": "hhha444",
  "Z": "v1248gv",
  "a": "00e1fhf",
  "b": "ggmphhu",
  "c": "00egghe",
  "d": "11djhhf",
  "e": "00ehvge",
  "f": "698s888",
  "g": "0fhhf1e",
  "h": "ggmphhh",
  "i": "40c444e",
  "j": "20622ic",
  "k": "ggikoki",
  "l": "c44444e",
  "m": "00qllhh",
  "n": "00mphhh",
  "o": "00ehhhe",
  "p": "00uhugg",
  "q": "00djf11",
  "r": "00mpggg",
  "s": "00fge1u",
  "t": "88s8896",
  "u": "00hhhjd",
  "v": "00hhha4",
  "w": "00hhlla",
  "x": "00ha4ah",
  "y": "00hhf1e",
  "z": "00v248v",
  ".": "00000cc",
  ",": "0000c48",
  ":": "0cc0cc0",
  "-": "000v000",
  "+": "044v440",
  "=": "00v0v00",
  "/": "01248g0",
  "*": "04lel40",
  "%": "op248j3",
  "(": "2488842",
  ")": "8422248",
  "[": "e88888e",
  "]": "e22222e",
  "_": "000000v",
  "^": "4ah0000",
  "'": "c480000",
  "°": "ciic000",
  "²": "ci48u00",
  "³": "s4c2s00",
};

/** Replacement for missing characters. */
const MISSING = "vhhhhhv";

/** Horizontal advance in dots. */
export const ADVANCE = 6;
/** Height of a line of text in dots. */
export const GLYPH_HEIGHT = 7;

/**
 * Returns the width of a line of text in dots.
 *
 * @param text Text.
 */
export function textWidth(text: string): number {
  return Math.max(0, [...text].length * ADVANCE - 1);
}

/**
 * Rasterises a line of text.
 *
 * @param text Text; characters that the font lacks become boxes.
 * @returns Column and row of each set pixel, relative to the upper left corner.
 */
export function textDots(text: string): [column: number, row: number][] {
  const dots: [number, number][] = [];
  [...text].forEach((character, i) => {
    [...GLYPHS[character] ?? MISSING].forEach((digit, row) => {
      const bits = parseInt(digit, 32);
      for (let column = 0; column < 5; column++) {
        if (bits >> 4 - column & 1) dots.push([i * ADVANCE + column, row]);
      }
    });
  });
  return dots;
}
