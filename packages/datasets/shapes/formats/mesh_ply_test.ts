import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { parsePly } from "./mesh_ply.ts";
import { ascii, boxMesh, plyFile } from "../shape_testing.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);

for (const format of ["ascii", "binary_little_endian", "binary_big_endian"] as const) {
  Deno.test(`parsePly() reads ${format}`, () => {
    const file = plyFile(BOX, format);
    assertEquals(parsePly(file), BOX);
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 3);
    assertEquals(parsePly(padded.subarray(3)), BOX);
    assertThrows(
      () => parsePly(file.subarray(0, file.length - 30), "a.ply"),
      DataError,
      "a.ply is truncated",
    );
  });
}

const HEADER =
  "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n";

Deno.test("parsePly() splits polygons into fans", () => {
  const text = HEADER.replace("vertex 3", "vertex 4") +
    "element face 1\nproperty list uchar int vertex_index\n" +
    "end_header\n0 0 0 1 0 0 1 1 0 0 1 0\n4 0 1 2 3\n";
  assertEquals([...parsePly(ascii(text)).triangles], [0, 1, 2, 0, 2, 3]);
});

Deno.test("parsePly() reads triangle strips, which -1 separates", () => {
  const text = HEADER.replace("vertex 3", "vertex 5") +
    "element tristrips 1\nproperty list int int vertex_indices\nend_header\n" +
    "0 0 0 1 0 0 0 1 0 1 1 0 2 2 0\n9 0 1 2 3 -1 2 3 4 -1\n";
  assertEquals([...parsePly(ascii(text)).triangles], [0, 1, 2, 2, 1, 3, 2, 3, 4]);
});

Deno.test("parsePly() rejects other formats and damaged files", () => {
  const points = "end_header\n0 0 0 1 0 0 1 1 0\n";
  const faces = "element face 1\nproperty list uchar int vertex_indices\n";
  for (
    const [text, message] of [
      ["solid", "expected its first line to be"],
      [HEADER, 'no line "end_header"'],
      [HEADER + points, "no triangles"],
      [HEADER.replace("ascii", "morse") + points, '"format morse 1.0"'],
      [HEADER.replace("format ascii 1.0\n", "") + points, 'no line "format"'],
      [HEADER.replace("vertex 3", "vertex 3000000000") + points, "is truncated"],
      [HEADER.replace("vertex 3", "vertex -1") + points, '"element vertex -1"'],
      [HEADER.replace("float z", "quad z") + points, '"property quad z"'],
      [HEADER.replace("float z", "float w") + points, "vertices without x, y or z: found x, y, w"],
      [HEADER + faces + points + "3 0 1 3\n", "triangle 0 has vertex 3"],
      [HEADER + faces + points + "-3 0 1 2\n", "face 0 has a list of -3 numbers"],
      [HEADER + faces + points + "999 0 1 2\n", "is truncated"],
    ] as const
  ) {
    assertThrows(() => parsePly(ascii(text), "chair.ply"), DataError, message);
  }
});
