import { assertEquals, assertThrows } from "@std/assert";
import { gzip, writeNpy } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { glyphDataset } from "./glyphs.ts";
import { gridCoordinates } from "../core/grid.ts";

Deno.test("glyphDataset() presents distances as single-channel images with a scale", async () => {
  const file = gzip(writeNpy({ shape: [1, 2, 3], data: Int8Array.of(-128, -127, 0, 8, 127, 1) }));
  const data = glyphDataset(file, "sdf.npy.gz");
  const expected = [-1, -1, 0, 8 / 127, 1, 1 / 127].map(Math.fround);
  assertEquals([...await data.batch([0])], expected);
  assertEquals(data.coordinates, gridCoordinates([2, 3]));
  const { display } = data;
  assertEquals(display.kind === "image" && display.scale?.high, 127 / 8);
});

Deno.test("glyphDataset() rejects other arrays", () => {
  const bytes = writeNpy({ shape: [1, 2, 3], data: new Uint8Array(6) });
  assertThrows(() => glyphDataset(bytes, "a.npy"), DataError, "got u1 of shape (1, 2, 3)");
});
