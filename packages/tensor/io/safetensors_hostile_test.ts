/**
 * Headers that a safetensors reader must reject.
 *
 * @module
 */
import { assertRejects, assertThrows } from "@std/assert";
import { FileFormatError } from "./file_format_error.ts";
import { blobAccess } from "./random_access.ts";
import { openSafetensors, parseSafetensors } from "./safetensors.ts";

/** A file with a given header. */
function file(
  header: string,
  dataBytes: number,
  length = new TextEncoder().encode(header).length,
): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

function tensor(dtype: string, shape: string, begin: number | string, end: number | string): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;
}

const HOSTILE: [string, Uint8Array, string][] = [
  ["a file shorter than the prefix", new Uint8Array(7), "has 7 bytes"],
  ["a header longer than the file", file("{}", 0, 3), "header of 3 bytes in a file of 10"],
  ["an absurd header length", file("{}", 0, 2 ** 60), "header of 1152921504606846976 bytes"],
  ["a header of no bytes", file("", 0), "starts with {"],
  ["invalid JSON", file('{"a":}', 0), "invalid JSON at character 5"],
  ["text after the JSON", file("{} x", 0), "text after the value"],
  ["a header that is not an object", file("[1]", 0), "starts with {"],
  ["a header that is not UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), "not UTF-8"],
  ["a byte-order mark", file("\ufeff{}", 0), "starts with {"],
  [
    "duplicate names",
    file(`{"a":${tensor("U8", "[1]", 0, 1)},"a":${tensor("U8", "[1]", 1, 2)}}`, 2),
    'name "a" is duplicated',
  ],
  [
    "names doubled by an escape",
    file(`{"a":${tensor("U8", "[1]", 0, 1)},"\\u0061":${tensor("U8", "[1]", 1, 2)}}`, 2),
    "is duplicated",
  ],
  [
    "doubled fields",
    file('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1),
    "is duplicated",
  ],
  [
    "missing fields",
    file('{"a":{"dtype":"U8","shape":[1]}}', 1),
    "needs the fields dtype, shape and data_offsets",
  ],
  ["an unknown type", file(`{"a":${tensor("F8_E4M3", "[1]", 0, 1)}}`, 1), '"F8_E4M3" is not one of'],
  ["a type from the prototype", file(`{"a":${tensor("toString", "[1]", 0, 1)}}`, 1), "is not one of"],
  ["a negative size", file(`{"a":${tensor("U8", "[-1]", 0, 1)}}`, 1), "got -1"],
  ["a fractional size", file(`{"a":${tensor("U8", "[1.5]", 0, 1)}}`, 1), "got 1.5"],
  ["an unsafe size", file(`{"a":${tensor("U8", "[9007199254740993]", 0, 1)}}`, 1), "got 9007199254740992"],
  ["a size in quotes", file(`{"a":${tensor("U8", '["1"]', 0, 1)}}`, 1), "got 1"],
  ["a product beyond 2^53", file(`{"a":${tensor("U8", "[1e9,1e9]", 0, 1)}}`, 1), "got 1000000000000000000"],
  [
    "a shape that does not fit its bytes",
    file(`{"a":${tensor("F32", "[2]", 0, 4)}}`, 4),
    "takes 8 bytes, its offsets are [0, 4]",
  ],
  ["offsets in the wrong order", file(`{"a":${tensor("U8", "[0]", 1, 0)}}`, 1), "offsets are [1, 0]"],
  ["three offsets", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1), "two numbers"],
  ["data beyond the file", file(`{"a":${tensor("U8", "[8]", 0, 8)}}`, 7), "the file is truncated"],
  [
    "overlapping data",
    file(`{"a":${tensor("U8", "[4]", 0, 4)},"b":${tensor("U8", "[4]", 3, 7)}}`, 7),
    '"b": overlaps',
  ],
  [
    "one tensor inside another",
    file(`{"a":${tensor("U8", "[9]", 0, 9)},"b":${tensor("U8", "[2]", 3, 5)}}`, 9),
    '"b": overlaps',
  ],
  [
    "a hole",
    file(`{"a":${tensor("U8", "[1]", 0, 1)},"b":${tensor("U8", "[1]", 2, 3)}}`, 3),
    "1 bytes before it belong to no tensor",
  ],
  ["bytes after the last tensor", file(`{"a":${tensor("U8", "[1]", 0, 1)}}`, 3), "the last 2 bytes"],
  ["metadata that are not text", file('{"__metadata__":{"a":1}}', 0), '"a" must be a string'],
  ["metadata that are no object", file('{"__metadata__":"a"}', 0), "object of strings"],
  ["deep nesting", file(`{"a":${"[".repeat(100_000)}`, 0), "nested deeper than 8"],
  [
    "a truth value that is neither",
    (() => {
      const bytes = file(`{"a":${tensor("BOOL", "[1]", 0, 1)}}`, 1);
      bytes[bytes.length - 1] = 2;
      return bytes;
    })(),
    "0 or 1",
  ],
];

for (const [what, bytes, message] of HOSTILE) {
  Deno.test(`parseSafetensors() and openSafetensors() reject ${what}`, async () => {
    assertThrows(() => parseSafetensors(bytes), FileFormatError, message);
    const open = async () => {
      const reader = await openSafetensors(blobAccess(new Blob([bytes.slice()])));
      for (const name of reader.entries.keys()) await reader.read(name);
    };
    await assertRejects(open, FileFormatError, message);
  });
}
