/** @module */
import { gridCoordinates, parseGlb, parseObj, parsePly } from "@gasp/datasets";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gridSurface } from "./grid_surface.ts";
import { encodeGlb, encodeObj, encodePly } from "./mesh_files.ts";

const at = gridCoordinates([5, 5, 5]);
/** A lump that ends in front (-y) and on top (+z) of the middle. */
const values = Float32Array.from(
  { length: 125 },
  (_, i) => 0.6 - Math.hypot(at[3 * i]!, at[3 * i + 1]! + 0.4, at[3 * i + 2]! - 0.2),
);
const surface = gridSurface(values, 5);
const vertices = surface.positions.length / 3, faces = surface.triangles.length / 3;

/** x, z and -y of each vertex: y up. */
const turned = Float32Array.from(surface.positions, (_, i) => {
  const vertex = i - i % 3;
  return [
    surface.positions[vertex]!,
    surface.positions[vertex + 2]!,
    -surface.positions[vertex + 1]! + 0,
  ][i % 3]!;
});

/** The range of a coordinate. */
function range(positions: Float32Array, axis: number): [number, number] {
  const values = positions.filter((_, i) => i % 3 === axis);
  return [Math.min(...values), Math.max(...values)];
}

Deno.test("encodeGlb() writes a binary glTF with y up, normals and bounds", async () => {
  const bytes = await encodeGlb(surface), view = new DataView(bytes.buffer);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 4)), "glTF");
  assertEquals([view.getUint32(4, true), view.getUint32(8, true)], [2, bytes.length]);
  const length = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  const { attributes, indices } = json.meshes[0].primitives[0];
  const [position, normal, index] = [attributes.POSITION, attributes.NORMAL, indices]
    .map((accessor) => json.accessors[accessor]);
  assertEquals([position.count, normal.count, index.count], [vertices, vertices, 3 * faces]);
  const { positions, triangles } = await parseGlb(bytes, "sample.glb");
  for (const axis of [0, 1, 2]) {
    assertEquals([position.min[axis], position.max[axis]], range(positions, axis));
  }
  // Up is +y and the front +z.
  assertEquals([positions, triangles], [turned, surface.triangles]);
});

Deno.test("encodeGlb() of an empty surface is a file without a mesh", async () => {
  const empty = { positions: new Float32Array(), normals: new Float32Array(), triangles: new Uint32Array() };
  const bytes = await encodeGlb(empty), length = new DataView(bytes.buffer).getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  assertEquals([json.scenes.length, json.meshes], [1, undefined]);
});

Deno.test("encodeObj() counts vertices from 1", async () => {
  const bytes = await encodeObj(surface);
  const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
  const words = (word: string) => lines.filter((line) => line.startsWith(`${word} `));
  assertEquals([words("v").length, words("vn").length, words("f").length], [vertices, vertices, faces]);
  const corners = words("f").flatMap((line) => line.slice(2).split(" ").map((corner) => corner.split("//")));
  corners.forEach(([vertex, normal], i) =>
    assertEquals([vertex, normal], Array(2).fill(`${surface.triangles[i]! + 1}`))
  );
  const { positions, triangles } = parseObj(bytes, "sample.obj");
  assertEquals([positions, triangles], [turned, surface.triangles]);
});

Deno.test("encodePly() preserves the axes", async () => {
  const bytes = await encodePly(surface), text = new TextDecoder("latin1").decode(bytes);
  const start = text.indexOf("end_header\n") + 11, view = new DataView(bytes.buffer);
  assert(text.includes(`element vertex ${vertices}\n`) && text.includes(`element face ${faces}\n`));
  const normals = Array.from({ length: 3 * vertices }, (_, i) => {
    return view.getFloat32(start + 24 * Math.floor(i / 3) + 12 + 4 * (i % 3), true);
  });
  normals.forEach((value, i) => assertAlmostEquals(value, surface.normals[i]!, 1e-6));
  const { positions, triangles } = parsePly(bytes, "sample.ply");
  assertEquals([positions, triangles], [surface.positions, surface.triangles]);
});
