import { assertEquals, assertThrows } from "@std/assert";
import { gzip } from "@gasp/tensor";
import { DataError } from "../../core/data_error.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "../../core/mutations_testing.ts";
import { readIdx } from "./idx.ts";

/** Two images of 2×3. */
const FILE = Uint8Array.of(
  ...[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3],
  ...[10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 255],
);

function edited(at: number, value: number): Uint8Array {
  const copy = FILE.slice();
  copy[at] = value;
  return copy;
}

Deno.test("readIdx() reads plain and gzipped files", () => {
  for (const bytes of [FILE, gzip(FILE)]) {
    const { shape, data } = readIdx(bytes);
    assertEquals(shape, [2, 2, 3]);
    assertEquals([...data], [...FILE.subarray(16)]);
  }
});

Deno.test("readIdx() reads a view of a larger buffer", () => {
  const padded = new Uint8Array(FILE.length + 7);
  padded.set(FILE, 7);
  assertEquals(readIdx(padded.subarray(7)), readIdx(FILE));
});

Deno.test("readIdx() rejects other formats and element types", () => {
  for (
    const [bytes, message] of [
      [new Uint8Array(), "it is empty"],
      [Uint8Array.of(0, 0, 8), "starts with 00 00 08"],
      [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d), "starts with 89 50 4e 47"],
      [edited(2, 0x0d), "holds elements of type float"],
      [edited(2, 0x77), "holds elements of unknown type 119"],
      [edited(3, 0), "no axes"],
    ] as const
  ) {
    assertThrows(() => readIdx(bytes, "digits.idx"), DataError, message);
  }
});

Deno.test("readIdx() rejects files whose size does not match the header", () => {
  assertThrows(
    () => readIdx(FILE.subarray(0, 14)),
    DataError,
    "header of 3 axes has 16 bytes, the file has 14",
  );
  assertThrows(
    () => readIdx(FILE.subarray(0, -1)),
    DataError,
    "is truncated: its header declares 2×2×3 = 12 elements",
  );
  assertThrows(() => readIdx(Uint8Array.of(...FILE, 0)), DataError, "has excess bytes");
  assertThrows(() => readIdx(edited(4, 0xff)), DataError, "is truncated");
});

Deno.test("readIdx() rejects damaged gzip files", () => {
  const packed = gzip(FILE);
  assertThrows(
    () => readIdx(packed.subarray(0, -12), "digits.gz"),
    DataError,
    "digits.gz cannot be decompressed",
  );
});

Deno.test("readIdx() returns or throws a DataError for damaged files", () =>
  assertReadOrRejected(mutations([FILE, gzip(FILE)], fuzzRounds(2000), 6), (bytes) => {
    const { shape, data } = readIdx(bytes);
    assertEquals(data.length, shape.reduce((product, length) => product * length, 1));
  }));
