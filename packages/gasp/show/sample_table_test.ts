/** @module */
import { parseNpz, writeNpy, writeNpz } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { encodeCsv, encodeNpz, readCoordinates } from "./sample_table.ts";
import { encodeWav } from "./wav.ts";

Deno.test("encodeNpz() writes coordinates and features in the data's units", () => {
  const arrays = parseNpz(encodeNpz({
    values: Float32Array.of(-1, 0, 1, 0, 0, 0, 1, 1),
    display: { kind: "cloud", scales: [{ low: 0, high: 10 }, { low: -5, high: 5 }] },
    coordinates: Float32Array.of(1, 2, 3, 4, 5, 6),
    coordinateDim: 3,
    featureDim: 2,
  }));
  assertEquals(arrays.get("coordinates")?.shape, [2, 3]);
  const features = arrays.get("features");
  assertEquals(features?.shape, [2, 2, 2]);
  assertEquals([...features!.data], [0, 0, 10, 0, 5, 0, 10, 5]);
});

Deno.test("encodeCsv() writes a row for each time", () => {
  const scale = { low: 0, high: 2, units: "m" };
  const text = (rate?: number) =>
    new TextDecoder().decode(
      encodeCsv(Float32Array.of(-1, 0, 1, 1, 1, 1), {
        kind: "curve",
        samples: 3,
        scale,
        ...(rate && { rate }),
      }),
    );
  assertEquals(text(), "t,sample 0: m,sample 1: m\n-1,0,2\n0,1,2\n1,2,2\n");
  assertEquals(text(4), "seconds,sample 0: m,sample 1: m\n0,0,2\n0.25,1,2\n0.5,2,2\n");
});

Deno.test("readCoordinates() reads points, or items of points, from npy and npz", () => {
  const data = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const first = Float32Array.of(1, 2, 3, 4);
  assertEquals(readCoordinates(writeNpy({ shape: [4, 2], data }), "x.npy", 2), Float32Array.from(data));
  const items = { shape: [2, 2, 2], data };
  assertEquals(readCoordinates(writeNpz([["coordinates", items]]), "x.npz", 2), first);
});

Deno.test("readCoordinates() explains what is wrong with other files", () => {
  const array = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  const cases: [Uint8Array, string][] = [
    [writeNpy(array(4, 3)), "have shape (4, 3), but the model needs (points, 2)"],
    [writeNpy(array(8)), "have shape (8)"],
    [writeNpy(array(0, 2)), "have shape (0, 2)"],
    [writeNpz([["features", array(4, 2)]]), "has no array named coordinates; its arrays are features"],
    [new TextEncoder().encode("hello"), "cannot be read"],
    [writeNpy({ shape: [1, 2], data: Float32Array.of(NaN, 0) }), "not finite"],
  ];
  for (const [bytes, message] of cases) {
    const error = assertThrows(() => readCoordinates(bytes, "x.npz", 2), UserError);
    assert(error.message.includes(message), error.message);
  }
});

Deno.test("encodeWav() writes 16-bit sound", () => {
  const bytes = encodeWav([0, 1, -1, 2, -0.5], 8000), view = new DataView(bytes.buffer);
  const text = new TextDecoder("latin1").decode(bytes);
  assertEquals([text.slice(0, 4), text.slice(8, 16), text.slice(36, 40)], ["RIFF", "WAVEfmt ", "data"]);
  assertEquals([view.getUint32(4, true), view.getUint32(40, true)], [bytes.length - 8, 10]);
  assertEquals([view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)], [1, 8000, 16]);
  const samples = Array.from({ length: 5 }, (_, i) => view.getInt16(44 + 2 * i, true));
  assertEquals(samples, [0, 32767, -32767, 32767, -16383]);
});
