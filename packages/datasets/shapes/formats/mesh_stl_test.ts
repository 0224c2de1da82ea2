import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { ascii, boxMesh, concatenated, stlFile } from "../shape_testing.ts";
import { voxelise } from "../surface/voxelise.ts";
import { parseStl } from "./mesh_stl.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);
const EXPECTED = voxelise(BOX, { resolution: 12 });

Deno.test("parseStl() reads text and binary files, those that begin with `solid` among them", () => {
  const binary = stlFile(BOX, "binary");
  const files = {
    text: stlFile(BOX, "text"),
    upper: ascii(new TextDecoder().decode(stlFile(BOX, "text")).toUpperCase().replaceAll("\n", "\r\n")),
    binary,
    solid: stlFile(BOX, "binary", "solid exported by a program"),
    padded: concatenated(binary, new Uint8Array(3)),
    shifted: concatenated(new Uint8Array(5), binary).subarray(5),
  };
  for (const [name, file] of Object.entries(files)) {
    const mesh = parseStl(file);
    assertEquals([mesh.positions.length, mesh.triangles.length], [108, 36], name);
    assertEquals(voxelise(mesh, { resolution: 12 }), EXPECTED, name);
  }
});

Deno.test("parseStl() rejects other formats and damaged files", () => {
  const text = new TextDecoder().decode(stlFile(BOX, "text"));
  const binary = stlFile(BOX, "binary");
  for (
    const [file, message] of [
      [new Uint8Array(), "it has 0 bytes"],
      [ascii("ply\n"), "does not start with"],
      [ascii(text.slice(0, -300)), "is truncated"],
      [ascii(text.replace("vertex", "vortex")), "35 vertices do not form triangles"],
      [ascii(text.replace(/vertex \S+/, "vertex nan")), "coordinate NaN"],
      [ascii("solid\nendsolid\n"), "no triangles"],
      [binary.subarray(0, 600), "declares 12 triangles, 684 bytes, but the file has 600"],
      [new Uint8Array(84), "no triangles"],
    ] as const
  ) {
    assertThrows(() => parseStl(file, "chair.stl"), DataError, message);
  }
});
