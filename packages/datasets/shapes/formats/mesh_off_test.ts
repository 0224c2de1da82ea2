import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { ascii, boxMesh, concatenated, offFile } from "../shape_testing.ts";
import { parseOff } from "./mesh_off.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);

Deno.test("parseOff() reads the spellings of headers, ModelNet's without a space among them", () => {
  for (const first of ["OFF\n", "OFF", "OFF ", "OFF\r\n", "# a comment\nOFF\n# another\n", "\nOFF \n"]) {
    assertEquals(parseOff(offFile(BOX, first)), BOX, JSON.stringify(first));
  }
});

Deno.test("parseOff() skips colours, normals and comments, and splits polygons", () => {
  const text = "CNOFF\n4 1 # of each\n\n" +
    ["0 0 0", "1 0 0", "1 1 0", "0 1 0"].map((point) => `${point} 0 0 1 1 1 1 1`).join("\n") +
    "\n4 0 1 2 3 255 0 0\n";
  assertEquals([...parseOff(ascii(text)).triangles], [0, 1, 2, 0, 2, 3]);
});

Deno.test("parseOff() reads binary files", () => {
  const numbers = new DataView(new ArrayBuffer(12 + 36 + 20));
  [3, 1, 0].forEach((value, i) => numbers.setInt32(4 * i, value));
  [0, 0, 0, 1, 0, 0, 0, 2, 0].forEach((value, i) => numbers.setFloat32(12 + 4 * i, value));
  [3, 0, 1, 2, 0].forEach((value, i) => numbers.setInt32(48 + 4 * i, value));
  const file = concatenated(ascii("OFF BINARY\n"), new Uint8Array(numbers.buffer));
  assertEquals(parseOff(file), {
    positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0),
    triangles: Uint32Array.of(0, 1, 2),
  });
  assertThrows(() => parseOff(file.subarray(0, file.length - 4), "a.off"), DataError, "a.off is truncated");
});

Deno.test("parseOff() rejects other formats and damaged files", () => {
  for (
    const [text, message] of [
      ["", "it is empty"],
      ["solid", "expected it to start with"],
      ["4OFF\n1 1 0\n", "4 or more dimensions"],
      ["OFF\n", "fewer lines"],
      ["OFF\n3 one 0\n", "got 3 and NaN"],
      ["OFF\n9000000 1 0\n0 0 0\n", "cannot hold the 9000000 vertices"],
      ["OFF\n3 1 0\n0 0 0\n1 0\n0 1 0\n3 0 1 2\n", "vertex 1 has 2 of 3 coordinates"],
      ["OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n4 0 1 2\n", "face 0 has 3 of 4 corners"],
      ["OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", "has vertex 3"],
      ["OFF\n3 1 0\n0 0 0\n1 0 0\n0 x 0\n3 0 1 2\n", "coordinate NaN"],
      ["OFF\n3 0 0\n0 0 0\n1 0 0\n0 1 0\n", "no triangles"],
    ] as const
  ) {
    assertThrows(() => parseOff(ascii(text), "chair.off"), DataError, message);
  }
});
