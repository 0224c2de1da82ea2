/** @module */
import { gridCoordinates } from "@gasp/datasets";
import { assert, assertEquals } from "@std/assert";
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

/** The range of a coordinate. */
function range(positions: ArrayLike<number>, axis: number): [number, number] {
  const values = Array.from(positions).filter((_, i) => i % 3 === axis);
  return [Math.min(...values), Math.max(...values)];
}

Deno.test("encodeGlb() writes a binary glTF with y up, normals and bounds", () => {
  const bytes = encodeGlb(surface), view = new DataView(bytes.buffer);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 4)), "glTF");
  assertEquals([view.getUint32(4, true), view.getUint32(8, true)], [2, bytes.length]);
  const length = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  const [position, normal, index] = json.accessors;
  assertEquals([position.count, normal.count, index.count], [vertices, vertices, 3 * faces]);
  const start = 20 + length + 8;
  const read = (word: number) => view.getFloat32(start + 4 * word, true);
  const positions = Array.from({ length: 3 * vertices }, (_, i) => read(i));
  for (const axis of [0, 1, 2]) {
    assertEquals([position.min[axis], position.max[axis]], range(positions, axis));
  }
  // Up is +y and the front +z.
  assertEquals(range(positions, 1), range(surface.positions, 2));
  const [front, back] = range(surface.positions, 1);
  assertEquals(range(positions, 2), [-back, -front]);
  assertEquals(view.getUint32(start + 24 * vertices, true), surface.triangles[0]);
  assertEquals(bytes.length, start + 24 * vertices + 12 * faces);
});

Deno.test("encodeGlb() of an empty surface is a file without a mesh", () => {
  const empty = { positions: new Float32Array(), normals: new Float32Array(), triangles: new Uint32Array() };
  const bytes = encodeGlb(empty), length = new DataView(bytes.buffer).getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  assertEquals([bytes.length, json.nodes, json.meshes], [20 + length, [{}], undefined]);
});

Deno.test("encodeObj() counts corners from 1", () => {
  const lines = new TextDecoder().decode(encodeObj(surface)).trimEnd().split("\n");
  const words = (word: string) => lines.filter((line) => line.startsWith(`${word} `));
  assertEquals([words("v").length, words("vn").length, words("f").length], [vertices, vertices, faces]);
  const corners = words("f").flatMap((line) => line.slice(2).split(" ").map((corner) => corner.split("//")));
  corners.forEach(([vertex, normal], i) =>
    assertEquals([vertex, normal], Array(2).fill(`${surface.triangles[i]! + 1}`))
  );
  const heights = words("v").map((line) => Number(line.split(" ")[2]));
  assertEquals([Math.min(...heights), Math.max(...heights)], range(surface.positions, 2));
});

Deno.test("encodePly() keeps the axes", () => {
  const bytes = encodePly(surface), text = new TextDecoder("latin1").decode(bytes);
  const start = text.indexOf("end_header\n") + 11, view = new DataView(bytes.buffer);
  assert(text.includes(`element vertex ${vertices}\n`) && text.includes(`element face ${faces}\n`));
  for (let i = 0; i < 3; i++) {
    assertEquals(view.getFloat32(start + 4 * i, true), surface.positions[i]);
    assertEquals(view.getFloat32(start + 12 + 4 * i, true), surface.normals[i]);
    assertEquals(view.getUint32(start + 24 * vertices + 1 + 4 * i, true), surface.triangles[i]);
  }
  assertEquals(bytes.length, start + 24 * vertices + 13 * faces);
});
