/**
 * PNG files of images that do not fit in memory: rows are encoded as they are computed.
 * @module
 */
import type { RasterImage } from "./image.ts";
import { chunk, joinBytes, SIGNATURE, words } from "./png_chunks.ts";

/**
 * An image whose rows are computed one after another.
 *
 * @category Pictures
 */
export interface ImageRows extends Omit<RasterImage, "pixels"> {
  /** Values from 0 to 255, `[width, channels]` for each row from the top; an array may be reused for the next row. */
  readonly rows: AsyncIterable<Uint8Array | Uint8ClampedArray>;
}

/** Colour types of the format: grey, and red, green and blue. */
const COLOUR_TYPES = { 1: 0, 3: 2 } as const;
/** Filter `Sub`: the difference from the pixel to the left, small in smooth images. */
const SUB = 1;
/** Bytes of filtered rows that are compressed at once. */
const BLOCK = 2 ** 18;

/**
 * Encodes an image as a PNG file, grey or RGB, in parts: the memory needed does not depend on the height.
 *
 * @param image Size, and rows on demand.
 * @returns Parts of the file in order.
 * @throws {RangeError} If there are more or fewer rows than the height, or a row does not match the width.
 *
 * @example
 * ```ts
 * import { encodePngRows } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * async function* rows() {
 *   for (let row = 0; row < 3; row++) yield await Promise.resolve(Uint8Array.of(row, 2 * row));
 * }
 * const parts = await Array.fromAsync(encodePngRows({ height: 3, width: 2, channels: 1, rows: rows() }));
 * assertEquals(new TextDecoder("latin1").decode(parts[0]).slice(1, 4), "PNG");
 * ```
 *
 * @category Pictures
 */
export async function* encodePngRows(image: ImageRows): AsyncGenerator<Uint8Array> {
  const { height, width, channels } = image;
  const header = joinBytes([words(width, height), Uint8Array.of(8, COLOUR_TYPES[channels], 0, 0, 0)]);
  yield joinBytes([SIGNATURE, chunk("IHDR", header)]);
  const blocks = filtered(image);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await blocks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = source.pipeThrough(new CompressionStream("deflate")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      yield chunk("IDAT", part.value);
    }
  } finally {
    await reader.cancel().catch(() => {});
    await blocks.return(undefined);
  }
  yield chunk("IEND", new Uint8Array());
}

/** Filters rows, each with a byte for the filter before it, and groups them to blocks. */
async function* filtered(
  { height, width, channels, rows }: ImageRows,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const size = width * channels, line = size + 1, most = Math.max(1, Math.floor(BLOCK / line));
  let count = 0, block = new Uint8Array(Math.min(most, height) * line), filled = 0;
  for await (const row of rows) {
    if (row.length !== size || count === height) {
      throw new RangeError(
        `An image of ${height}×${width}×${channels} has ${height} rows of ${size} values, got ${
          count === height ? "more rows" : `a row of ${row.length}`
        }.`,
      );
    }
    block[filled] = SUB;
    for (let i = 0; i < size; i++) {
      block[filled + 1 + i] = row[i]! - (i < channels ? 0 : row[i - channels]!);
    }
    count++;
    filled += line;
    if (filled < block.length) continue;
    yield block;
    block = new Uint8Array(Math.min(most, height - count) * line);
    filled = 0;
  }
  if (count < height) {
    throw new RangeError(`An image of ${height}×${width}×${channels} has ${height} rows, got ${count}.`);
  }
  return undefined;
}
