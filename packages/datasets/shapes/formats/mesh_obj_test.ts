import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { parseObj } from "./mesh_obj.ts";
import { ascii, boxMesh, objFile } from "../shape_testing.ts";

Deno.test("parseObj() reads vertices and triangles", () => {
  const box = boxMesh([-1, -2, -3], [1, 2, 3.5]);
  assertEquals(parseObj(objFile(box)), box);
});

Deno.test("parseObj() reads polygons, negative indices, vertex colours, continued lines and other lines", () => {
  const text = "mtllib a.mtl\r\no part\r\nv 0 0 0 1 0.5 0\r\nv 1 0 0\r\nv 1 1e0 0\r\nv 0 1 .5\r\nvt 0 0\r\n" +
    "f 1/1 2/1 \\\r\n 3/1 4/1\r\nf -1 -2 -4\r\n";
  const { positions, triangles } = parseObj(ascii(text));
  assertEquals([...positions], [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0.5]);
  assertEquals([...triangles], [0, 1, 2, 0, 2, 3, 3, 2, 0]);
});

Deno.test("parseObj() rejects damaged files", () => {
  for (
    const [text, message] of [
      ["", "no triangles"],
      ["v 0 0 0\nv 1 1 1\nl 1 2", "no triangles"],
      ["v 0 0", 'a vertex needs 3 coordinates, got the line "v 0 0"'],
      ["v 0 0 x\nv 0 0 0\nv 1 0 0\nf 1 2 3", "vertex 0 has the coordinate NaN"],
      ["v 0 0 0\nf 1 1", "a polygon needs 3 corners"],
      ["v 0 0 0\nf 1 1 2", "triangle 0 has vertex 1, but the vertices are 0 to 0"],
      ["v 0 0 0\nf 1 1 0", "triangle 0 has vertex -1"],
    ] as const
  ) {
    assertThrows(() => parseObj(ascii(text), "chair.obj"), DataError, message);
  }
});
