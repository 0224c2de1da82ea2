/**
 * Random damage to valid files: every reader must throw its own error or return a consistent result.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { randomIntegers } from "../random/random.ts";
import { gzip } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";
import { type NpyArray, parseNpy, writeNpy } from "./npy.ts";
import { parseNpz, writeNpz } from "./npz.ts";
import { parseSafetensors } from "./safetensors.ts";
import { writeSafetensors } from "./safetensors_write.ts";

const MUTATIONS = 2000;
const CHARACTERS = "0123456789-.eE{}[]()\"',:\\ <>|FIUTOf";

/** The file, truncated or with up to three bytes changed, mostly in its first `header` bytes. */
function mutated(valid: Uint8Array, header: number, step: number): Uint8Array {
  const draws = randomIntegers({ seed: 11, stream: "fuzz", step }, 16, 2 ** 32);
  let next = 0;
  const draw = (bound: number) => (draws[next++] ?? 0) % bound;
  const length = draw(4) === 0 ? draw(valid.length + 1) : valid.length;
  const bytes = valid.slice(0, length);
  for (let change = draw(4); change > 0; change--) {
    const at = draw(draw(4) === 0 ? valid.length : header);
    const value = draw(2) === 0 ? draw(256) : CHARACTERS.charCodeAt(draw(CHARACTERS.length));
    if (at < length) bytes[at] = value;
  }
  return bytes;
}

/** Runs a reader on damaged files; `check` validates results. */
function fuzz<T>(
  valid: Uint8Array,
  header: number,
  read: (bytes: Uint8Array) => T,
  check: (result: T) => void,
): void {
  let refused = 0;
  for (let step = 0; step < MUTATIONS; step++) {
    const bytes = mutated(valid, header, step);
    let result: T;
    try {
      result = read(bytes);
    } catch (error) {
      assert(error instanceof FileFormatError, `mutation ${step}: ${error}`);
      refused++;
      continue;
    }
    check(result);
  }
  assert(refused > MUTATIONS / 3 && refused < MUTATIONS, `${refused} of ${MUTATIONS} refused`);
}

function assertFilled({ shape, data }: { shape: readonly number[]; data: { length: number } }): void {
  assertEquals(shape.reduce((product, size) => product * size, 1), data.length);
}

function assertSmall(arrays: Iterable<NpyArray>, fileBytes: number): void {
  for (const array of arrays) {
    assertFilled(array);
    assert(array.data.byteLength <= 1032 * fileBytes);
  }
}

Deno.test("parseSafetensors() survives 2,000 mutations of a file", () => {
  const valid = writeSafetensors([
    ["weights", { shape: [2, 3], data: new Float32Array(6) }],
    ["index", { shape: [4], data: new Int32Array(4) }],
    ["mask", { shape: [3], dtype: "BOOL", data: new Uint8Array([0, 1, 1]) }],
    ["scalar", { shape: [], data: new Float64Array(1) }],
  ], [["note", "fuzz"]]);
  const header = 8 + Number(new DataView(valid.buffer).getBigUint64(0, true));
  fuzz(valid, header, parseSafetensors, ({ tensors }) => {
    for (const tensor of tensors.values()) assertFilled(tensor);
    const total = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    assertEquals(total, valid.length - header);
  });
});

Deno.test("parseNpy() survives 2,000 mutations of a plain file", () => {
  const valid = writeNpy({ shape: [3, 4], data: new Float32Array(12) });
  fuzz(valid, valid.indexOf(0x7d), parseNpy, (array) => assertSmall([array], valid.length));
});

Deno.test("parseNpy() survives 2,000 mutations of a gzip file", () => {
  const valid = gzip(writeNpy({ shape: [300], data: new Float32Array(300) }));
  fuzz(valid, valid.length, parseNpy, (array) => assertSmall([array], valid.length));
});

for (const compress of [false, true]) {
  Deno.test(`parseNpz() survives 2,000 mutations of a ${compress ? "compressed" : "stored"} archive`, () => {
    const valid = writeNpz([
      ["a", { shape: [2, 2], data: new Float64Array(4) }],
      ["b", { shape: [5], data: new Uint8Array(5) }],
    ], { compress });
    fuzz(valid, valid.length, parseNpz, (arrays) => assertSmall(arrays.values(), valid.length));
  });
}
