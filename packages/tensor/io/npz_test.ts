/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { FileFormatError } from "./file_format_error.ts";
import { type NpyArray, writeNpy } from "./npy.ts";
import { limitMemory, MemoryError } from "../memory/memory_budget.ts";
import { openNpz, parseNpz, writeNpz } from "./npz.ts";

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const ARRAYS: [string, NpyArray][] = [
  ["temperature", { shape: [2, 2], data: new Float32Array([1, 2, 3, 4]), dtype: "f4" }],
  ["__proto__", { shape: [3], data: new Uint8Array([0, 1, 1]), dtype: "b1" }],
  ["zeros", { shape: [1000], data: new Float64Array(1000), dtype: "f8" }],
];

for (const compress of [false, true]) {
  Deno.test(`writeNpz() and parseNpz() round-trip arrays, ${compress ? "compressed" : "stored"}`, () => {
    const bytes = writeNpz(ARRAYS, { compress });
    assertEquals(parseNpz(bytes), new Map(ARRAYS));
    assertEquals(writeNpz(ARRAYS, { compress }), bytes);
  });
}

// Written by NumPy, whose local headers have zip64 fields.
Deno.test("parseNpz() reads what np.savez and np.savez_compressed write", () => {
  const stored =
    "UEsDBC0AAAAAAAAAIQBI6mbs//////////8FABQAeC5ucHkBABAAgwAAAAAAAACDAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog" +
    "J3x1MScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgzLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAECUEsBAi0DLQAAAAAAAAAhAEjqZuyDAAAAgwAAAAUAAAAAAAAAAAAA" +
    "AIABAAAAAHgubnB5UEsFBgAAAAABAAEAMwAAALoAAAAAAA==";
  assertEquals([...parseNpz(decodeBase64(stored))], [["x", {
    shape: [3],
    data: new Uint8Array([0, 1, 2]),
    dtype: "u1",
  }]]);
  const compressed =
    "UEsDBC0AAAAIAAAAIQBzrR2D//////////8FABQAeC5ucHkBABAAkAAAAAAAAABOAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l" +
    "oG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GCLBnYGgA4gP2AFBLAwQtAAAACAAAACEAgi34" +
    "0///////////BQAUAHkubnB5AQAQAIEAAAAAAAAAQwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBef" +
    "X5SSChJ3S8wpTgWKF2ckFqQC+RqaOgq1ChQBLkYAUEsBAi0DLQAAAAgAAAAhAHOtHYNOAAAAkAAAAAUAAAAAAAAAAAAAAIABAAAA" +
    "AHgubnB5UEsBAi0DLQAAAAgAAAAhAIIt+NNDAAAAgQAAAAUAAAAAAAAAAAAAAIABhQAAAHkubnB5UEsFBgAAAAACAAIAZgAAAP8A" +
    "AAAAAA==";
  assertEquals([...parseNpz(decodeBase64(compressed))], [
    ["x", { shape: [4], data: new Float32Array([0, 0.5, 1, 1.5]), dtype: "f4" }],
    ["y", { shape: [], data: new Uint8Array([1]), dtype: "b1" }],
  ]);
});

/** A stored archive of one array and where its directory entry begins. */
function archive(): { bytes: Uint8Array; view: DataView; directory: number } {
  const bytes = zipSync({ "a.npy": writeNpy({ shape: [2], data: new Int32Array(2) }) }, { level: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes, view, directory: view.getUint32(bytes.length - 6, true) };
}

const REFUSED: [string, (parts: ReturnType<typeof archive>) => Uint8Array | void, string][] = [
  ["another file", () => new TextEncoder().encode("not an archive of arrays"), "no end record"],
  ["a truncated archive", ({ bytes }) => bytes.subarray(0, bytes.length - 1), "no end record"],
  ["an encrypted entry", ({ view, directory }) => view.setUint16(directory + 8, 1, true), "encrypted"],
  ["another compression", ({ view, directory }) => view.setUint16(directory + 10, 14, true), "method 14"],
  ["a wrong checksum", ({ view, directory }) => view.setUint32(directory + 16, 1, true), "checksum"],
  [
    "a wrong stored size",
    ({ view, directory }) => view.setUint32(directory + 24, 1, true),
    "declared size is 1",
  ],
  [
    "a size beyond the file",
    ({ view, directory }) => view.setUint32(directory + 20, 1e9, true),
    "beyond the end",
  ],
  [
    "a position beyond the file",
    ({ view, directory }) => view.setUint32(directory + 42, 1e9, true),
    "beyond the end",
  ],
  [
    "a position inside another part",
    ({ view, directory }) => view.setUint32(directory + 42, 1, true),
    "local header",
  ],
  ["another local name", ({ bytes }) => void (bytes[30] = 0x62), "different name"],
  ["zip64", ({ bytes, view }) => view.setUint32(bytes.length - 10, 0xffffffff, true), "zip64"],
  [
    "a directory of another size",
    ({ bytes, view }) => view.setUint32(bytes.length - 10, 46, true),
    "the size of the directory",
  ],
  [
    "more entries than there are",
    ({ bytes, view }) => view.setUint16(bytes.length - 12, 2, true),
    "no directory entry",
  ],
];

for (const [what, change, message] of REFUSED) {
  Deno.test(`parseNpz() rejects ${what}`, () => {
    const parts = archive();
    const bytes = change(parts) ?? parts.bytes;
    assertThrows(() => parseNpz(bytes), FileFormatError, message);
  });
}

Deno.test("parseNpz() rejects entries that share bytes", () => {
  // A second directory entry for the same local header: how bombs repeat one compressed block.
  const { bytes, directory } = archive();
  const entry = bytes.subarray(directory, bytes.length - 22), end = bytes.slice(bytes.length - 22);
  const view = new DataView(end.buffer);
  view.setUint16(10, 2, true);
  view.setUint32(12, 2 * entry.length, true);
  const doubled = new Uint8Array(bytes.length + entry.length);
  doubled.set(bytes.subarray(0, directory));
  doubled.set(entry, directory);
  doubled.set(entry, directory + entry.length);
  doubled.set(end, directory + 2 * entry.length);
  assertThrows(() => parseNpz(doubled), FileFormatError, "overlaps");
});

Deno.test("parseNpz() rejects archives that expand to more than allowed or than they can", () => {
  const bytes = writeNpz(ARRAYS, { compress: true });
  assertThrows(() => parseNpz(bytes, { maxBytes: 8000 }), FileFormatError, "at most 8000 are allowed");
  const bomb = writeNpz([["a", { shape: [2], data: new Int32Array(2) }]], { compress: true });
  const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.length);
  view.setUint32(view.getUint32(bomb.length - 6, true) + 24, 2e9, true);
  assertThrows(() => parseNpz(bomb), FileFormatError, "cannot expand to 2000000000");
});

Deno.test("parseNpz() rejects entries that are not arrays and names the damaged one", () => {
  assertThrows(
    () => parseNpz(zipSync({ "readme.txt": new Uint8Array(3) })),
    FileFormatError,
    '"readme.txt" is not a .npy file',
  );
  assertThrows(
    () => parseNpz(zipSync({ "a.npy": new Uint8Array(3) })),
    FileFormatError,
    '"a.npy": not a .npy file',
  );
});

Deno.test("writeNpz() rejects duplicate names", () => {
  const array = { shape: [1], data: new Int8Array(1) };
  assertThrows(() => writeNpz([["a", array], ["a", array]]), TypeError, "duplicated");
});

Deno.test("openNpz() reads headers, and only the requested arrays", () => {
  const many = new Float32Array(2 ** 20);
  const file = writeNpz([["few", { shape: [2], data: Int32Array.of(3, 4) }], ["many", {
    shape: [2 ** 10, 2 ** 10],
    data: many,
  }]], {
    compress: true,
  });
  using _limit = limitMemory(1000);
  const entries = openNpz(file);
  assertEquals([...entries].map(([name, { shape, dtype }]) => [name, shape, dtype]), [
    ["few", [2], "i4"],
    ["many", [1024, 1024], "f4"],
  ]);
  assert(entries.get("many")!.bytes >= many.byteLength);
  assertEquals([...entries.get("few")!.read().data], [3, 4]);
  assertThrows(() => entries.get("many")!.read(), MemoryError, "many.npy");
});
