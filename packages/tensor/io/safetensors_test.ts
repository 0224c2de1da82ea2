/** @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FileFormatError } from "./file_format_error.ts";
import { blobAccess, type RandomAccess } from "./random_access.ts";
import { openSafetensors, parseSafetensors } from "./safetensors.ts";
import {
  safetensorsHeader,
  safetensorsParts,
  type TensorToStore,
  writeSafetensors,
} from "./safetensors_write.ts";
import { toFloat32, toInt32 } from "./stored_tensor.ts";

const EVERY_TYPE: [string, TensorToStore][] = [
  ["10", { shape: [2, 2], data: new Float32Array([1, -2, NaN, Infinity]) }],
  ["9", { shape: [], data: new Int32Array([-7]) }],
  ['weird "name" ü 🙂 __proto__', { shape: [3], data: new Uint8Array([1, 2, 255]) }],
  ["__proto__", { shape: [2], data: new Float64Array([Math.PI, -0]) }],
  ["bits", { shape: [3], dtype: "BOOL", data: new Uint8Array([0, 1, 1]) }],
  ["half", { shape: [1], dtype: "F16", data: new Uint16Array([0x3c00]) }],
  ["brain", { shape: [1], dtype: "BF16", data: new Uint16Array([0x3f80]) }],
  ["long", { shape: [2], data: new BigInt64Array([-1n, 2n ** 62n]) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
  ["u32", { shape: [1], data: new Uint32Array([0xffffffff]) }],
  ["i8", { shape: [2], data: new Int8Array([-128, 127]) }],
  ["i16", { shape: [1], data: new Int16Array([-300]) }],
];

Deno.test("writeSafetensors() and parseSafetensors() round-trip every type, name, shape and bit", () => {
  const metadata: [string, string][] = [["step", "25"], ["config", '{"a": 1}']];
  const bytes = writeSafetensors(EVERY_TYPE, metadata);
  const parsed = parseSafetensors(bytes);
  assertEquals([...parsed.metadata], metadata);
  assertEquals(parsed.tensors.size, EVERY_TYPE.length);
  for (const [name, { shape, data, dtype }] of EVERY_TYPE) {
    const read = parsed.tensors.get(name);
    assertEquals(read?.shape, shape);
    assertEquals(read?.data, data);
    if (dtype) assertEquals(read?.dtype, dtype);
  }
  assertEquals(writeSafetensors(parsed.tensors, parsed.metadata), bytes);
});

Deno.test("writeSafetensors() preserves the order within a type and aligns the data to eight bytes", () => {
  const names = ["b", "a", "10", "2"];
  const bytes = writeSafetensors(names.map((name) => [name, { shape: [1], data: new Float32Array(1) }]));
  assertEquals([...parseSafetensors(bytes).tensors.keys()], names);
  assertEquals(new DataView(bytes.buffer).getBigUint64(0, true) % 8n, 0n);
  assertEquals(
    [...parseSafetensors(writeSafetensors(EVERY_TYPE)).tensors.values()].map(({ data }) =>
      data.byteOffset % data.BYTES_PER_ELEMENT
    ),
    new Array(12).fill(0),
  );
});

Deno.test("safetensorsHeader() encodes the header without the arrays", () => {
  const arrays = EVERY_TYPE.filter(([, { data }]) => data instanceof Float32Array) as [
    string,
    TensorToStore,
  ][];
  const header = safetensorsHeader(
    arrays.map(([name, { shape }]) => [name, { dtype: "F32" as const, shape }]),
    [["step", "25"]],
  );
  assertEquals(header, safetensorsParts(arrays, [["step", "25"]])[0]);
  assertThrows(
    () => safetensorsHeader([["__metadata__", { dtype: "F32", shape: [1] }]]),
    TypeError,
    "reserved",
  );
});

Deno.test("safetensorsParts() returns views of the arrays", () => {
  const data = new Float32Array([1, 2]);
  const parts = safetensorsParts([["a", { shape: [2], data }]]);
  assertEquals(parts.length, 2);
  assert(parts[1]?.buffer === data.buffer);
});

Deno.test("writeSafetensors() rejects what could not be read back", () => {
  const data = new Float32Array(2);
  assertThrows(
    () => writeSafetensors([["a", { shape: [3], data }]]),
    RangeError,
    "[3] does not match 2 elements",
  );
  assertThrows(() => writeSafetensors([["a", { shape: [2, -1, -1], data }]]), RangeError);
  assertThrows(
    () => writeSafetensors([["a", { shape: [2], data, dtype: "I32" }]]),
    TypeError,
    "I32 cannot be written from a Float32Array",
  );
  assertThrows(
    () => writeSafetensors([["a", { shape: [2], data }], ["a", { shape: [2], data }]]),
    TypeError,
    "duplicated",
  );
  assertThrows(() => writeSafetensors([["__metadata__", { shape: [2], data }]]), TypeError, "reserved");
  assertThrows(() => writeSafetensors([["\ud800", { shape: [2], data }]]), TypeError, "Unicode");
  assertThrows(() => writeSafetensors([], [["a", "\udfff"]]), TypeError, "Unicode");
  assertThrows(
    () => writeSafetensors([["a", { shape: [1], dtype: "BOOL", data: new Uint8Array([2]) }]]),
    RangeError,
    "0 or 1",
  );
});

Deno.test("parseSafetensors() accepts an empty file without tensors, and padding after the header", () => {
  assertEquals(parseSafetensors(writeSafetensors([])).tensors.size, 0);
  const spaces = new TextEncoder().encode("\x05\0\0\0\0\0\0\0{}   ");
  assertEquals(parseSafetensors(spaces).tensors.size, 0);
});

Deno.test("openSafetensors() reads the header and then only requested arrays", async () => {
  const bytes = writeSafetensors(EVERY_TYPE, [["a", "b"]]);
  const pieces: number[] = [];
  const blob = blobAccess(new Blob([bytes.slice()]));
  const source: RandomAccess = {
    size: blob.size,
    read: (offset, length) => {
      pieces.push(length);
      return blob.read(offset, length);
    },
  };
  const reader = await openSafetensors(source);
  assertEquals([...reader.metadata], [["a", "b"]]);
  assertEquals((await reader.read("long")).data, new BigInt64Array([-1n, 2n ** 62n]));
  assertEquals(pieces.length, 3);
  assertEquals(pieces[2], 16);
  await assertRejects(() => reader.read("no such"), RangeError, 'no tensor "no such"');
});

Deno.test("openSafetensors() rejects a source that returns too few bytes", async () => {
  const bytes = writeSafetensors(EVERY_TYPE);
  const short: RandomAccess = {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length).subarray(0, 100)),
  };
  await assertRejects(() => openSafetensors(short), FileFormatError, "got 100");
});

Deno.test("parseSafetensors() reads files that are not aligned in memory", () => {
  const bytes = writeSafetensors(EVERY_TYPE);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assertEquals(parseSafetensors(shifted.subarray(1)).tensors, parseSafetensors(bytes).tensors);
});

Deno.test("toFloat32() converts exactly or names the inexact element", () => {
  const half = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff, 0xfc00, 0x8000]);
  assertEquals([...toFloat32({ dtype: "F16", shape: [6], data: half })], [
    1,
    -2,
    2 ** -24,
    65504,
    -Infinity,
    -0,
  ]);
  assertEquals([...toFloat32({ dtype: "F16", shape: [1], data: new Uint16Array([0x7e00]) })], [NaN]);
  const brain = new Uint16Array([0x3f80, 0xc040, 0x7f80]);
  assertEquals([...toFloat32({ dtype: "BF16", shape: [3], data: brain })], [1, -3, Infinity]);
  assertEquals([...toFloat32({ dtype: "I64", shape: [1], data: new BigInt64Array([2n ** 62n]) })], [2 ** 62]);
  assertEquals([...toFloat32({ dtype: "F64", shape: [2], data: new Float64Array([0.5, NaN]) })], [0.5, NaN]);
  const third = { dtype: "F64", shape: [1], data: new Float64Array([1 / 3]) } as const;
  assertThrows(() => toFloat32(third), RangeError, "is not representable in f32");
  assertEquals([...toFloat32(third, { round: true })], [Math.fround(1 / 3)]);
  const large = { dtype: "I32", shape: [1], data: new Int32Array([16777217]) } as const;
  assertThrows(() => toFloat32(large), RangeError, "element 0 of a I32 array, 16777217");
});

Deno.test("toInt32() converts integers or names the one out of range", () => {
  assertEquals([...toInt32({ dtype: "I64", shape: [2], data: new BigInt64Array([-5n, 7n]) })], [-5, 7]);
  const large = { dtype: "U32", shape: [1], data: new Uint32Array([0x80000000]) } as const;
  assertThrows(() => toInt32(large), RangeError, "2147483648, is not representable in i32");
  assertThrows(() => toInt32({ dtype: "F32", shape: [1], data: new Float32Array(1) }), TypeError);
});
