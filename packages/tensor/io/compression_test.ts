/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { deflateSync } from "fflate";
import { gunzip, gzip, inflateExactly } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";

const TEXT = new TextEncoder().encode("Philox four by thirty-two, ".repeat(50));

Deno.test("gzip() and gunzip() round-trip, and gzip() is deterministic", () => {
  assertEquals(gunzip(gzip(TEXT)), TEXT);
  assertEquals(gunzip(gzip(new Uint8Array(0))), new Uint8Array(0));
  assertEquals(gzip(TEXT), gzip(TEXT));
});

Deno.test("gunzip() agrees with the platform's own compressor", async () => {
  const stream = new Blob([TEXT]).stream().pipeThrough(new CompressionStream("gzip"));
  assertEquals(gunzip(new Uint8Array(await new Response(stream).arrayBuffer())), TEXT);
});

Deno.test("gunzip() skips the optional fields of the header", () => {
  const plain = gzip(TEXT);
  const fields = [2, 0, 9, 9, 0x6e, 0x61, 0, 0x63, 0, 7, 7];
  const bytes = new Uint8Array(plain.length + fields.length);
  bytes.set(plain.subarray(0, 10));
  bytes[3] = 4 | 8 | 16 | 2;
  bytes.set(fields, 10);
  bytes.set(plain.subarray(10), 10 + fields.length);
  assertEquals(gunzip(bytes), TEXT);
});

Deno.test("gunzip() rejects damaged files, wrong sizes, and results larger than allowed", () => {
  const bytes = gzip(TEXT);
  const withTrailer = (offset: number, value: number) => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(copy.length + offset, value, true);
    return copy;
  };
  assertThrows(() => gunzip(TEXT), FileFormatError, "not a gzip file");
  assertThrows(() => gunzip(bytes.subarray(0, 12)), FileFormatError, "truncated");
  assertThrows(() => gunzip(bytes.subarray(0, bytes.length - 9)), FileFormatError);
  assertThrows(() => gunzip(bytes, TEXT.length - 1), FileFormatError, "at most 1349 are allowed");
  assertThrows(() => gunzip(withTrailer(-8, 0)), FileFormatError, "checksum");
  assertThrows(() => gunzip(withTrailer(-4, TEXT.length - 1)), FileFormatError, "expands to more");
  assertThrows(() => gunzip(withTrailer(-4, TEXT.length + 1)), FileFormatError, "expands to 1350 instead of");
  assertThrows(() => gunzip(withTrailer(-4, 0x7fffffff)), FileFormatError, "cannot expand to 2147483647");
});

Deno.test("inflateExactly() accepts the maximum ratio of deflate and no higher one", () => {
  const zeros = new Uint8Array(1_000_000);
  const compressed = deflateSync(zeros, { level: 9 });
  assert(inflateExactly(compressed, zeros.length, "zeros").every((byte) => byte === 0));
  assertThrows(
    () => inflateExactly(compressed, 1032 * compressed.length + 1, "zeros"),
    FileFormatError,
    "cannot expand",
  );
});
