/**
 * LZW of TIFF files (TIFF 6.0, section 13). It replaces that of the decoder, which follows damaged codes in circles.
 *
 * @module
 */

const CLEAR = 256, END = 257, FIRST = 258, MAX_CODES = 4096, MIN_BITS = 9, MAX_BITS = 12;

/**
 * Decompresses a strip or tile. Values beyond the end of the target are dropped, as the last strip of some writers has them.
 *
 * @param data File contents.
 * @param offset Start of the codes.
 * @param length Bytes of the codes.
 * @param target Receives the values.
 * @param at Index of the first value.
 * @returns Index after the last value.
 * @throws {Error} If a code stands for nothing yet; the message is a clause.
 */
export function decodeLzw(
  data: Uint8Array,
  offset: number,
  length: number,
  target: Uint8Array,
  at: number,
): number {
  // A code stands for the string of an earlier code and one more byte, so strings end.
  const prefix = new Uint16Array(MAX_CODES), last = new Uint8Array(MAX_CODES);
  const first = new Uint8Array(MAX_CODES), size = new Uint16Array(MAX_CODES);
  for (let byte = 0; byte < CLEAR; byte++) [last[byte], first[byte], size[byte]] = [byte, byte, 1];
  // Bits are counted from the start of the codes: those of a whole file may be more than 2³²
  const codes = data.subarray(offset, offset + length), end = 8 * codes.length;
  let next = FIRST, bits = MIN_BITS, previous: number | undefined;
  for (let bit = 0; bit + bits <= end;) {
    const byte = bit >>> 3, three = codes[byte]! << 16 | codes[byte + 1]! << 8 | codes[byte + 2]!;
    const code = three >>> (24 - (bit & 7) - bits) & ((1 << bits) - 1);
    bit += bits;
    if (code === END) break;
    if (code === CLEAR) {
      [next, bits, previous] = [FIRST, MIN_BITS, undefined];
      continue;
    }
    if (previous === undefined ? code > END : code > next) {
      throw new Error(`its LZW code ${code} stands for nothing`);
    }
    if (previous !== undefined && next < MAX_CODES) {
      prefix[next] = previous;
      first[next] = first[previous]!;
      last[next] = first[code === next ? previous : code]!;
      size[next] = size[previous]! + 1;
      next++;
      // Codes become longer one early
      if (next + 1 === 1 << bits && bits < MAX_BITS) bits++;
    }
    const stop = at + size[code]!;
    for (let i = stop - 1, rest = code; i >= at; i--, rest = prefix[rest]!) target[i] = last[rest]!;
    at = stop;
    previous = code;
  }
  return at;
}
