/** @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { decode } from "fast-png";
import { encodePngRows, type ImageRows } from "./png_rows.ts";

/** Rows of an image, all in one array, as a producer of many may do. */
function imageOf(height: number, width: number, channels: 1 | 3, rows = height): ImageRows {
  async function* all() {
    const line = new Uint8Array(width * channels);
    for (let row = 0; row < rows; row++) {
      line.forEach((_, i) => line[i] = (row * 7 + i * i * 13) % 256);
      yield await Promise.resolve(line);
    }
  }
  return { height, width, channels, rows: all() };
}

async function bytesOf(image: ImageRows): Promise<Uint8Array> {
  return new Uint8Array(
    await new Blob(await Array.fromAsync(encodePngRows(image)) as BlobPart[]).arrayBuffer(),
  );
}

Deno.test("encodePngRows() writes files that a decoder reads, of one block and of many", async () => {
  for (const channels of [1, 3] as const) {
    for (const [height, width] of [[1, 1], [5, 3], [700, 601]] as const) {
      const rows = new Uint8Array(height * width * channels);
      let at = 0;
      for await (const row of imageOf(height, width, channels).rows) rows.set(row, row.length * at++);
      // With checksums verified
      const read = decode(await bytesOf(imageOf(height, width, channels)), { checkCrc: true });
      assertEquals([read.height, read.width, read.channels, read.depth], [height, width, channels, 8]);
      assert(rows.every((value, i) => value === read.data[i]), `${height}×${width}`);
    }
  }
});

Deno.test("encodePngRows() refuses other numbers of rows and columns, and passes errors of the rows on", async () => {
  await assertRejects(() => bytesOf(imageOf(3, 2, 1, 2)), RangeError, "has 3 rows, got 2");
  await assertRejects(() => bytesOf(imageOf(3, 2, 1, 4)), RangeError, "more rows");
  await assertRejects(() => bytesOf({ ...imageOf(3, 2, 1), width: 5 }), RangeError, "a row of 2");
  const failing: ImageRows = {
    height: 1,
    width: 1,
    channels: 1,
    // deno-lint-ignore require-yield
    rows: async function* () {
      await Promise.resolve();
      throw new Error("the device is lost");
    }(),
  };
  await assertRejects(() => bytesOf(failing), Error, "the device is lost");
});

Deno.test("encodePngRows() ends the rows when its reader stops", async () => {
  let hasEnded = false;
  async function* rows() {
    try {
      for (;;) yield await Promise.resolve(crypto.getRandomValues(new Uint8Array(30_000)));
    } finally {
      hasEnded = true;
    }
  }
  let parts = 0;
  for await (const _ of encodePngRows({ height: 1e6, width: 30_000, channels: 1, rows: rows() })) {
    if (++parts === 5) break;
  }
  assertEquals(hasEnded, true);
});
