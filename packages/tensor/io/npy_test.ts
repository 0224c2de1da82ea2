/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { gzip } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";
import { parseNpy, writeNpy } from "./npy.ts";

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A version 1.0 file with a given dictionary. */
function file(dictionary: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(dictionary);
  const bytes = new Uint8Array(10 + text.length + dataBytes);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(text, 10);
  return bytes;
}

function dictionary(descr: string, shape: string, fortranOrder = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
}

Deno.test("writeNpy() and parseNpy() round-trip every type, shape and bit", () => {
  const arrays = [
    { shape: [2, 2], data: new Float32Array([1, -0, NaN, Infinity]), dtype: "f4" },
    { shape: [1], data: new Float64Array([Math.PI]), dtype: "f8" },
    { shape: [], data: new Int32Array([-7]), dtype: "i4" },
    { shape: [0, 3], data: new Uint32Array(0), dtype: "u4" },
    { shape: [2], data: new Int16Array([-300, 300]), dtype: "i2" },
    { shape: [1], data: new Uint16Array([65535]), dtype: "u2" },
    { shape: [2], data: new Int8Array([-128, 127]), dtype: "i1" },
    { shape: [3, 1, 1], data: new Uint8Array([0, 1, 255]), dtype: "u1" },
    { shape: [1], data: new BigInt64Array([-(2n ** 63n)]), dtype: "i8" },
    { shape: [1], data: new BigUint64Array([2n ** 64n - 1n]), dtype: "u8" },
    { shape: [2], data: new Uint8Array([0, 1]), dtype: "b1" },
  ];
  for (const array of arrays) {
    const bytes = writeNpy(array);
    assertEquals((bytes.length - array.data.byteLength) % 64, 0);
    assertEquals(parseNpy(bytes), array);
    assertEquals(parseNpy(gzip(bytes)), array);
  }
});

// This file and the next two were written by NumPy.
Deno.test("parseNpy() reads Fortran order and big-endian elements", () => {
  const numpy =
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAADAAEABAACAAU=";
  assertEquals(parseNpy(decodeBase64(numpy)), {
    shape: [2, 3],
    data: new Int16Array([0, 1, 2, 3, 4, 5]),
    dtype: "i2",
  });
});

Deno.test("parseNpy() reads half precision inside gzip", () => {
  const numpy =
    "H4sIAAAAAAACA5vsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoU" +
    "AC4GO4YDALPBggyEAAAA";
  assertEquals(parseNpy(decodeBase64(numpy)), { shape: [2], data: new Float32Array([1.5, -2]), dtype: "f2" });
});

Deno.test("parseNpy() reads versions 2 and 3", () => {
  const tail =
    "AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAEAAAAAAAAA";
  for (const start of ["k05VTVBZAgB0", "k05VTVBZAwB0"]) {
    const array = parseNpy(decodeBase64(start + tail));
    assertEquals(array, { shape: [2], data: new BigInt64Array([0n, 1n]), dtype: "i8" });
  }
});

Deno.test("parseNpy() reorders Fortran arrays of three axes", () => {
  const bytes = file(dictionary("'|u1'", "(2, 3, 2)", "True"), 12);
  bytes.set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], bytes.length - 12);
  assertEquals([...parseNpy(bytes).data], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
});

Deno.test("parseNpy() accepts the headers of old Python versions", () => {
  assertEquals(parseNpy(file(dictionary('"<f4"', "(2L, 1L)"), 8)).shape, [2, 1]);
  assertEquals(
    parseNpy(file("{'shape':(2,),'fortran_order':False,'descr':'=i4'}", 8)).data,
    new Int32Array(2),
  );
});

const REFUSED: [string, Uint8Array, string][] = [
  ["another file", new TextEncoder().encode("not an array"), "not a .npy file"],
  [
    "a newer version",
    Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 4, 0, 0, 0, 0, 0),
    "version 4 is not 1, 2 or 3",
  ],
  ["a file that ends in the magic", file("", 0).subarray(0, 9), "truncated"],
  ["a header beyond the file", file(dictionary("'<f4'", "(2,)"), 0).subarray(0, 40), "is truncated"],
  ["too few elements", file(dictionary("'<f4'", "(2,)"), 7), "f4 of shape (2) takes 8 bytes, got 7"],
  ["bytes left over", file(dictionary("'<f4'", "(2,)"), 9), "got 9"],
  [
    "an enormous shape",
    file(dictionary("'<f4'", "(999999, 999999, 999999)"), 8),
    "integer from 0 to 2^53 - 1",
  ],
  ["a shape that only fits as a product", file(dictionary("'<f4'", "(-1, -2)"), 8), "unexpected text"],
  ["a shape that is no tuple", file(dictionary("'<f4'", "2"), 8), "shape must be a tuple"],
  ["a tuple without its comma", file(dictionary("'<f4'", "(2)"), 8), "needs a trailing comma"],
  ["Python objects", file(dictionary("'|O'", "(1,)"), 8), "not loaded"],
  ["structured types", file(dictionary("[('a', '<f4')]", "(1,)"), 8), "structured types are not supported"],
  ["complex numbers", file(dictionary("'<c8'", "(1,)"), 8), "'c8' is not one of"],
  ["text", file(dictionary("'<U4'", "(1,)"), 16), "'U4' is not one of"],
  ["dates", file(dictionary("'<M8[ns]'", "(1,)"), 8), "is not a plain element type"],
  ["a type that is no text", file(dictionary("True", "(1,)"), 8), "'true' is not a plain element type"],
  ["an order that is no truth value", file(dictionary("'<f4'", "(1,)", "0"), 4), "True or False"],
  ["doubled fields", file("{'descr': '<f4', 'descr': '<f4', 'shape': ()}", 4), "'descr' is duplicated"],
  ["missing fields", file("{'descr': '<f4'}", 4), "needs descr, fortran_order and shape, got descr"],
  ["text after the dictionary", file(`${dictionary("'<f4'", "()")} 1`, 4), "text after the dictionary"],
  ["a dictionary without an end", file("{'descr': '<f4'", 4), "expected }, got the end"],
  ["code instead of a dictionary", file("__import__('os')", 4), "unexpected text"],
  [
    "a truth value that is neither",
    (() => {
      const bytes = file(dictionary("'|b1'", "(1,)"), 1);
      bytes[bytes.length - 1] = 2;
      return bytes;
    })(),
    "0 or 1",
  ],
];

for (const [what, bytes, message] of REFUSED) {
  Deno.test(`parseNpy() rejects ${what}`, () => {
    assertThrows(() => parseNpy(bytes), FileFormatError, message);
  });
}

Deno.test("writeNpy() rejects types and shapes that do not match", () => {
  const data = new Float32Array(2);
  assertThrows(() => writeNpy({ shape: [3], data }), RangeError, "(3) does not match 2 elements");
  assertThrows(() => writeNpy({ shape: [2], data, dtype: "f2" }), TypeError, "f2 cannot be written");
  assertThrows(
    () => writeNpy({ shape: [2], data, dtype: "i4" }),
    TypeError,
    "i4 cannot be written from a Float32Array",
  );
});
