import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { decodeImage } from "./decode_image.ts";
import { FOUR, tiffFile } from "./other_testing.ts";
import { withOneDirectory } from "./tiff_directory.ts";

/** A file with a part of its directory replaced: an entry's tag, type, number of values, and value. */
function changed(tag: number, type: number, count: number, value: number): Uint8Array {
  const bytes = tiffFile(), view = new DataView(bytes.buffer), little = bytes[0] === 0x49;
  const start = view.getUint32(4, little), entries = view.getUint16(start, little);
  for (let at = start + 2; at < start + 2 + 12 * entries; at += 12) {
    if (view.getUint16(at, little) !== tag) continue;
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
    return bytes;
  }
  throw new Error(`no tag ${tag}`);
}

Deno.test("withOneDirectory() keeps the image and drops links to other directories", async () => {
  const bytes = tiffFile(), view = new DataView(bytes.buffer), little = bytes[0] === 0x49;
  const start = view.getUint32(4, little), entries = view.getUint16(start, little);
  // A directory that is its own successor would be read forever.
  view.setUint32(start + 2 + 12 * entries, start, little);
  const reduced = withOneDirectory(bytes), after = new DataView(reduced.buffer);
  const kept = after.getUint16(start, little);
  assert(kept > 0 && kept <= entries);
  assertEquals(after.getUint32(start + 2 + 12 * kept, little), 0);
  assertEquals([...(await decodeImage(bytes, "a.tif")).pixels], [...FOUR]);
});

Deno.test("withOneDirectory() refuses counts that the file does not hold, and what the decoder has no bounds for", async () => {
  const SAMPLES = 277, BITS = 258, COMPRESSION = 259, STRIPS = 273, STRIP_BYTES = 279;
  for (
    const [file, message] of [
      [changed(STRIPS, 4, 2 ** 31, 8), "its tag 273 has 2147483648 values of type 4, which it does not hold"],
      [changed(STRIPS, 99, 1, 8), "values of type 99"],
      [changed(SAMPLES, 3, 1, 60_000), "60000 samples of"],
      [changed(BITS, 3, 1, 500), "samples of 500 bits"],
      [changed(STRIP_BYTES, 4, 1, 2 ** 31), "its pixels are cut off"],
      [changed(STRIPS, 4, 1, 2 ** 31), "its pixels are cut off"],
      [changed(COMPRESSION, 3, 1, 32809), "its compression 32809 is not supported"],
      [tiffFile().subarray(0, 12), "its directory is cut off"],
    ] as const
  ) {
    assertThrows(() => withOneDirectory(file), Error, message);
  }
  await assertRejects(() => decodeImage(changed(SAMPLES, 3, 1, 60_000), "a.tif"), DataError, "a.tif");
});
